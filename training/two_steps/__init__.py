"""Questions of two steps, and what is learnt from them."""
