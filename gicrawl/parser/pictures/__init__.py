"""Pictures of a document: which are looked at, how far what is recognised is believed, what nobody could read."""
