"""The safety room: rules that notice what was entered, and where help is."""
