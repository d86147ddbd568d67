"""Files of strangers read without the power to run code, and files of ours that are whole or not there."""
