"""Speed at scale: generated news of any size in the tables, and every question of the cookbook timed over it."""
