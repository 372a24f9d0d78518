"""
Fault drills over any corpus: ``python -m eval drill``. Each does on purpose what may happen to an index, and says whether what holds must hold.

    kill       SIGKILL at random moments of add, remove and build       (eval.drills.kill)
    damage     flipped bits, zeroed pages and cut ends of every file    (eval.drills.damage)
    disk       a full disk and a read-only one                          (eval.drills.disk)
    load       generations that are published while people ask          (eval.drills.load)
    offline    the whole way in a network that has loopback alone       (eval.drills.offline)
"""
