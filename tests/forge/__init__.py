"""A small forge for tests: users, repositories with real git, forks, requests, reviews, checks, in three dialects.

with making.make("github", folder) as forge:
    upstream = making.peopled(forge.state)
    ...                                                     # the program under test talks to forge.api
    assert forge.state.requests_of(upstream)[0].title == "Add owls"
"""
