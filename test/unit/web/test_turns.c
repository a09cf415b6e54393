/* SPDX-License-Identifier: Apache-2.0 */
/* Turns: so many at once, so many that wait, the others sent away; a wait ends by patience or by a turn. */
#include "web/turns.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define AT_ONCE 3
#define WAITING 2
#define THREADS 5 /* as many as may be inside or wait */
#define ROUNDS 200

static void test_the_others_are_sent_away(void **state)
{
	struct turns *turns = turns_new(AT_ONCE, 0);

	(void)state;
	for (int i = 0; i < AT_ONCE; i++)
		assert_true(turns_enter(turns, 0));
	assert_false(turns_enter(turns, CLOCK_DAY)); /* at once: nobody may wait */
	turns_leave(turns);
	assert_true(turns_enter(turns, 0));
	for (int i = 0; i < AT_ONCE; i++)
		turns_leave(turns);
	turns_free(turns);
}

static void test_patience_ends(void **state)
{
	struct turns *turns = turns_new(1, 1);

	(void)state;
	assert_true(turns_enter(turns, 0));
	assert_false(turns_enter(turns, 20 * CLOCK_MILLISECOND));
	assert_false(turns_enter(turns, 20 * CLOCK_MILLISECOND)); /* who gave up waits no more */
	turns_leave(turns);
	turns_free(turns);
}

struct crowd {
	struct turns *turns;
	_Atomic int inside, most, refused;
};

static void *come_often(void *context)
{
	struct crowd *crowd = context;

	for (int i = 0; i < ROUNDS; i++) {
		int now;

		if (!turns_enter(crowd->turns, CLOCK_MINUTE)) {
			crowd->refused++;
			continue;
		}
		now = ++crowd->inside;
		for (int most = crowd->most; now > most;)
			if (atomic_compare_exchange_weak(&crowd->most, &most, now))
				break;
		usleep(100);
		crowd->inside--;
		turns_leave(crowd->turns);
	}
	return NULL;
}

static void test_a_crowd_takes_turns(void **state)
{
	struct crowd crowd = {.turns = turns_new(AT_ONCE, WAITING)};
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, come_often, &crowd), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_in_range(crowd.most, 1, AT_ONCE);
	assert_int_equal(crowd.refused, 0); /* all found a place to wait */
	turns_free(crowd.turns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_others_are_sent_away),
		cmocka_unit_test(test_patience_ends),
		cmocka_unit_test(test_a_crowd_takes_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
