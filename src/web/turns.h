/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_TURNS_H
#define WEB_TURNS_H
/*
 * Inside web/: something that a few threads may use at once, while a few more wait
 * for their turn. From any thread.
 */
#include <stdbool.h>
#include <stdint.h>

struct turns;

struct turns *turns_new(unsigned at_once, unsigned waiting);
void turns_free(struct turns *turns); /* NULL is fine; nobody may use it or wait */

/* True: it is one's turn, to be ended by turns_leave(). False: as many wait as may, or patience µs went by.
 */
bool turns_enter(struct turns *turns, int64_t patience);
void turns_leave(struct turns *turns);

#endif
