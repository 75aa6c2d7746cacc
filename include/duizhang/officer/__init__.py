"""What officers edit: their official list laid on the catalogue, and the parameters as a plain table."""
