/* Our descendants: every process that we started, or that one of them did, also
 * those that have left our group and session, once procadopt was called. */

/* sends the signal to all of them; returns how many there were, those that have
 * ended and wait to be collected not counted; -1 with errno */
int kinsignal(int sig);

/* whether any is left, those included that wait to be collected */
int kinleft(void);
