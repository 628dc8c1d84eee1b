"""The screens of accounts: allauth's views, made to speak as Calepin does, and the settings hub."""
