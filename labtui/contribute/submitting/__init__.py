"""From a draft to a branch others can take in: a commit of its own in a worktree of its own, pushed, and journaled
step by step, so that it can be killed anywhere and goes on where it ended.

    plan = plan_of(folder, workspace, config, forge=forge)         # plan.py: what would be done, nothing is changed
    confirm(folder)                                                # dco.py: the certificate, once a contribution
    done = submit(folder, workspace, config, forge=forge, on_step=show, cancelled=event)      # submit.py
    bundle(folder, workspace, config, file); patch(folder, workspace, config, file)           # offline.py

    keep_documents(folder, workspace, config, leaf_id, repository=…, licence=…)               # documents.py
    standing_of_base(folder, workspace, config, fetch=True)        # rebasing.py: has the base moved on?
    rebased = rebase(folder, workspace, config)                    # conflicts seed by seed, where there are any
    rebased = resolve(folder, workspace, config, conflict, "mine")
    tidy(folder, workspace, config)                                # tidying.py

All of it waits for git, and some for the network: call it from a thread.
"""
