"""How fast the shop is, beside bare pages under the same server. Figures, no tests."""
