"""The bot: fixes become pull requests, and stay true.

It looks once, decides by one table (:mod:`~codemods.delivery.bot.life`), and acts; each write says
what it expects to find. What it knows from earlier runs stands in commits, in one line of each
pull request and on the dashboard, and nowhere else.
"""
