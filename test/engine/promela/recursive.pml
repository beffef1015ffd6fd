/* Scenario 8: the helper takes the lock that its caller owns. */
#include "kernel.pml"
#define DEAD STUCK(1, 0, 0, 1)
init { top[0] = 1; atomic { run thread(); run watch() } }
proctype thread() { raise(1, 0, 2); acquire(1, 0, 0); acquire(1, 0, 0); release(1, 0, 0); release(1, 0, 0); lower(1, 0, 0) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
