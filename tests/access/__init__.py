"""Who sees what: logins of counties, and their files."""
