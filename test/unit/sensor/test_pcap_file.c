/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "sensor/pcap_file.h"

/* The head of a file in the order of a big-endian machine, and two packets. */
static void make(struct buf *out, uint32_t link)
{
	const struct ends ends = {1, 2, 40000, 9999};
	struct buf udp = {0}, ip = {0};

	put_u32(out, 0xa1b2c3d4);
	put_u32(out, 0x00020004);
	put_u32(out, 0);
	put_u32(out, 0);
	put_u32(out, 65535);
	put_u32(out, link);
	put_udp(&udp, &ends, STR("hello"));
	put_v4(&ip, &ends, IP_UDP, buf_str(&udp));
	for (uint32_t i = 0; i < 2; i++) {
		put_u32(out, (uint32_t)(START / CLOCK_SECOND) + 40 * i);
		put_u32(out, 123456);
		put_u32(out, (uint32_t)ip.len);
		put_u32(out, (uint32_t)ip.len);
		buf_add_str(out, buf_str(&ip));
	}
	buf_done(&udp);
	buf_done(&ip);
}

/* Opens len bytes of it; the descriptor is at its begin. */
static int open_bytes(const struct buf *bytes, size_t len, int *ret_fd, struct pcap_file **ret_file,
		      struct err *err)
{
	const struct sensor_options options = {.seed = 1};

	*ret_fd = memfd_create("pcap", 0);
	assert_int_equal(write(*ret_fd, bytes->ptr, len), len);
	lseek(*ret_fd, 0, SEEK_SET);
	return pcap_file_open(*ret_fd, &options, ret_file, err);
}

static void test_file(void **state)
{
	struct buf bytes = {0};
	struct pcap_file *file;
	struct err err = {0};
	struct str record;
	int fd;

	(void)state;
	make(&bytes, 101);
	assert_true(pcap_file_is(buf_str(&bytes)));
	assert_true(pcap_file_is(STR("\x0a\x0d\x0d\x0a")));
	assert_false(pcap_file_is(STR("\xa1\xb2\xc3")));
	assert_int_equal(open_bytes(&bytes, bytes.len, &fd, &file, &err), 0);
	for (int i = 0; i < 2; i++) { /* 40 s between them: two flows, the first one idle */
		assert_int_equal(pcap_file_next(file, &record, &err), 0);
		assert_true(str_find(record, STR("\"time\":\"2026-11-22T00:00:")) != STR_NOT_FOUND);
		assert_true(str_find(record, i ? STR("40.123456Z") : STR("00.123456Z")) != STR_NOT_FOUND);
	}
	assert_int_equal(pcap_file_next(file, &record, &err), ERR_END);
	assert_int_equal(pcap_file_next(file, &record, &err), ERR_END);
	pcap_file_close(file);
	close(fd);
	buf_done(&bytes);
}

static void test_cut_off(void **state)
{
	struct buf bytes = {0};
	struct pcap_file *file;
	struct err err = {0};
	struct str record;
	int fd;

	(void)state;
	make(&bytes, 101);
	assert_int_equal(open_bytes(&bytes, bytes.len - 1, &fd, &file, &err), 0);
	assert_int_equal(pcap_file_next(file, &record, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "truncated"));
	assert_int_equal(pcap_file_next(file, &record, &err), 0);
	assert_int_equal(pcap_file_next(file, &record, &err), ERR_END);
	pcap_file_close(file);
	close(fd);
	buf_done(&bytes);
}

static void test_refused(void **state)
{
	struct buf bytes = {0};
	struct pcap_file *file;
	struct err err = {0};
	int fd;

	(void)state;
	make(&bytes, 105); /* 802.11 */
	assert_int_equal(open_bytes(&bytes, bytes.len, &fd, &file, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.message, "IEEE802_11"));
	close(fd);
	assert_int_equal(open_bytes(&bytes, 10, &fd, &file, &err), ERR_SYNTAX);
	close(fd);
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_file), cmocka_unit_test(test_cut_off),
					   cmocka_unit_test(test_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
