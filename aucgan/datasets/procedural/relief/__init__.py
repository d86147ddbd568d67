"""Relief of the skin: folds by two processes that share no code, pores, moles and scars."""
