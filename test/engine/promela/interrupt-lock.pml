/* Scenario 5: as 4, but the thread raises to the interrupt's own IRQL first. No dead state. */
#include "kernel.pml"
#define DEAD STUCK(2, 0, 0, 1)
init { top[0] = 1; atomic { run thread(); run isr(); run watch() } }
proctype thread() { raise(1, 0, 5); acquire(1, 0, 0); release(1, 0, 0); lower(1, 0, 0) }
proctype isr() { byte below, saved; enter(2, 0, 5); acquire(2, 0, 0); release(2, 0, 0); leave(2, 0) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
