"""What chance does to numbers: confidence intervals, paired tests, tables."""
