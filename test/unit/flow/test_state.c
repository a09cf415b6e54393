/* SPDX-License-Identifier: Apache-2.0 */
#include "test/unit/flow/message.h"

#define EXPORTED 1700000000u

/* A template, an interface's name, a sampler and a set that waits. */
static void fill(struct rig *rig)
{
	struct buf *m = &rig->message;
	size_t set;

	begin_netflow9(m, 0, 7, EXPORTED);
	set = begin_set(m, 1);
	ADD16(m, 300, 4, 12, 2, 4, 82, 4, 48, 1, 34, 1);
	end_set(m, set);
	set = begin_set(m, 300);
	add32(m, 11);
	buf_add(m, "a\"b\0\1\144", 6);
	end_set(m, set);
	set = begin_set(m, 0);
	ADD16(m, 256, 2, 10, 4, 48, 1);
	end_set(m, set);
	set = begin_set(m, 500);
	add32(m, 0x00000001);
	end_set(m, set);
	assert_int_equal(rig_send(rig), 0);
}

static void write_state(const struct rig *rig, struct buf *ret_state)
{
	flow_state_write(rig->decoder, ret_state);
}

static void test_survives(void **state)
{
	const struct flow_options options = {0};
	struct rig before, after;
	struct buf first = {0}, second = {0};
	size_t set;

	(void)state;
	rig_init(&before, &options);
	rig_init(&after, &options);
	fill(&before);
	write_state(&before, &first);
	assert_int_equal(flow_state_read(after.decoder, buf_str(&first), after.now), 0);
	write_state(&after, &second);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.ptr, second.ptr, first.len);
	begin_netflow9(&after.message, 40, 7, EXPORTED); /* what came meanwhile is not counted as lost */
	set = begin_set(&after.message, 256);
	add32(&after.message, 11);
	add8(&after.message, 1);
	end_set(&after.message, set);
	assert_int_equal(rig_send(&after), 0);
	rig_expect_end(&after, "\"ingressInterface\":11,\"samplerId\":1,\"samplingInterval\":100,"
			       "\"ingressInterfaceName\":\"a\\\"b\"}");
	assert_int_equal(flow_decoder_stats(after.decoder)->lost, 0);
	begin_netflow9(&after.message, 41, 7, EXPORTED); /* the set that waits is there too */
	set = begin_set(&after.message, 0);
	ADD16(&after.message, 500, 1, 1, 4);
	end_set(&after.message, set);
	assert_int_equal(rig_send(&after), 0);
	rig_expect_end(&after, "\"templateId\":500,\"octetDeltaCount\":1,\"samplingInterval\":100}");
	rig_done(&before);
	rig_done(&after);
	buf_done(&first);
	buf_done(&second);
}

/* Whatever byte is wrong, nothing of it is taken. */
static void test_damage(void **state)
{
	const struct flow_options options = {0};
	struct rig rig;
	struct buf bytes = {0}, left = {0};

	(void)state;
	rig_init(&rig, &options);
	fill(&rig);
	write_state(&rig, &bytes);
	rig_done(&rig);
	rig_init(&rig, &options);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.ptr[i] ^= 1;
		assert_true(flow_state_read(rig.decoder, buf_str(&bytes), rig.now) < 0);
		bytes.ptr[i] ^= 1;
		assert_true(flow_state_read(rig.decoder, str_of(bytes.ptr, i), rig.now) < 0);
	}
	flow_state_write(rig.decoder, &left);
	assert_int_equal(left.len, 8 + 1 + 8); /* nothing */
	bytes.ptr[6] = '2';
	assert_int_equal(flow_state_read(rig.decoder, buf_str(&bytes), rig.now), ERR_VERSION);
	rig_done(&rig);
	buf_done(&bytes);
	buf_done(&left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_survives),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
