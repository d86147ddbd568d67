"""What only the strangers have: heads in other directions, and cameras of other makes."""
