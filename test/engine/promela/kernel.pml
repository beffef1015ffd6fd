/* What all models share, written by hand from the documented behaviour: locks, IRQLs, contexts on CPUs.
   A step is one visible lock operation: an acquisition that succeeds, one that finds the lock taken, a release.
   With -DK=n the watcher only complains about dead states that are reached within n steps. */
#ifndef NCPU
#define NCPU 1
#endif
byte owner[4];        /* of each lock: the context that owns it, 0 = free */
byte waits[9];        /* of each context: lock + 1 that it spins for, 0 = none */
byte top[NCPU];       /* of each CPU: the context that runs */
byte irql[NCPU];
#ifdef K
byte steps;
#define STEP steps++
#define SOON (steps <= K)
#else
#define STEP skip
#define SOON true
#endif
inline acquire(me, cpu, lk) {
  atomic { top[cpu] == me ->
    if :: owner[lk] == 0 -> owner[lk] = me; STEP
       :: else -> waits[me] = lk + 1; STEP
    fi };
  if :: waits[me] == 0
     :: atomic { waits[me] != 0 && owner[lk] == 0 && top[cpu] == me -> owner[lk] = me; waits[me] = 0; STEP }
  fi
}
inline release(me, cpu, lk) { atomic { top[cpu] == me -> owner[lk] = 0; STEP } }
inline raise(me, cpu, level) { atomic { top[cpu] == me -> irql[cpu] = level } }
inline lower(me, cpu, level) { atomic { top[cpu] == me -> irql[cpu] = level } }
inline enter(me, cpu, level) {
  atomic { irql[cpu] < level -> below = top[cpu]; saved = irql[cpu]; top[cpu] = me; irql[cpu] = level }
}
inline leave(me, cpu) { atomic { top[cpu] == me -> top[cpu] = below; irql[cpu] = saved } }
/* me waits for a lock that by owns, and runs on its CPU */
#define STUCK(me, cpu, lk, by) (top[cpu] == me && waits[me] == lk + 1 && owner[lk] == by)
