/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/sequence.h"

static void begin(struct sequence *sequence, uint32_t number)
{
	*sequence = (struct sequence){.highest = number, .seen = UINT32_MAX, .started = true};
}

/* The window moves up by step: what leaves it unseen is lost. */
static uint32_t advance(struct sequence *sequence, uint32_t step)
{
	uint32_t leaves, lost;

	if (step >= SEQUENCE_WINDOW) {
		lost = (uint32_t)__builtin_popcount(~sequence->seen) + step - SEQUENCE_WINDOW;
		sequence->seen = 1;
	} else {
		leaves = ~(UINT32_MAX >> step);
		lost = (uint32_t)__builtin_popcount(~sequence->seen & leaves);
		sequence->seen = sequence->seen << step | 1;
	}
	sequence->highest += step;
	sequence->expected_after_jump = 0;
	return lost;
}

uint32_t sequence_add(struct sequence *sequence, uint32_t number, bool *ret_restart)
{
	int64_t step = (int64_t)number - sequence->highest;
	uint32_t lost = 0;

	*ret_restart = false;
	if (!sequence->started) {
		begin(sequence, number);
	} else if (step > 0 && step <= SEQUENCE_NEAR) {
		lost = advance(sequence, (uint32_t)step);
	} else if (step <= 0 && step > -SEQUENCE_WINDOW) {
		sequence->seen |= 1u << -step;
	} else if (number == sequence->expected_after_jump) {
		*ret_restart = step < 0 || step > SEQUENCE_JUMP_MAX;
		lost = sequence_settle(sequence) + (*ret_restart ? 0 : (uint32_t)step - 2);
		begin(sequence, number);
	} else {
		sequence->expected_after_jump = number + 1;
	}
	return lost;
}

uint32_t sequence_settle(struct sequence *sequence)
{
	uint32_t lost = sequence->started ? (uint32_t)__builtin_popcount(~sequence->seen) : 0;

	sequence->seen = UINT32_MAX;
	return lost;
}
