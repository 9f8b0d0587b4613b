"""Work on documents in processes of their own, within bounds that are kept from outside.

A document may be made to take for ever or to take all memory, and no care within the parser is a proof against it. So
whoever parses many documents, or one that somebody else wrote, gives them to a crew: it bounds each document's
processor time, time by the clock and memory, and what goes over them costs that document its parse and no other.
"""
