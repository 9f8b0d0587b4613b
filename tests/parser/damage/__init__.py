"""A generator of annual reports whose figures are known, printed in many layouts and damaged in many ways."""
