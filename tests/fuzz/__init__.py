"""Random programs, their judge, a shrinker and relations between programs."""
