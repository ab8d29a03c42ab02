"""GitHub, GitLab and Forgejo (Gitea too) behind one small interface: `base.Forge`, made by `making.make`."""
