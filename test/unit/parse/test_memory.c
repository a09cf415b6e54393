/* SPDX-License-Identifier: Apache-2.0 */
/* Once warm, a record costs no allocation: every malloc of the process is counted, libraries' included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

static unsigned long allocations;

#if defined(__SANITIZE_ADDRESS__)
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
					      void (*free_hook)(const volatile void *));

static void on_malloc(const volatile void *p, size_t size)
{
	(void)p, (void)size;
	allocations++;
}
static void on_free(const volatile void *p)
{
	(void)p;
}
static void count_allocations(void)
{
	assert_true(__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) > 0);
}
#else
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}
void *realloc(void *p, size_t size)
{
	allocations++;
	return __libc_realloc(p, size);
}
static void count_allocations(void) {}
#endif

static const char *const lines[] = {
	"<38>Nov 22 08:31:05 login01 sshd[2212]: Failed password for invalid user admin from 198.51.100.9 "
	"port 40022 ssh2",
	"{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/"
	"Operational\",\"Hostname\":\"h\",\"Image\":\"C:\\\\a\\\\b.exe\",\"UtcTime\":\"2026-07-28 "
	"11:45:48.862\",\"Hashes\":\"MD5=AA\",\"ProcessId\":\"0x10\"}",
	"192.0.2.10 - - [22/Nov/2026:08:30:00 +0800] \"GET /i.php?id=1 HTTP/1.1\" 200 5120 \"-\" "
	"\"Mozilla/5.0\"",
	"type=EXECVE msg=audit(1767600000.965:93777): argc=2 a0=\"sh\" a1=6375726C",
	"CEF:0|a|b|c|d|e|9|src=10.0.0.1 msg=one two",
	"<Event "
	"xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID></"
	"System></Event>",
	"{\"message\":\"<13>Nov 22 08:31:05 h p: \\u00e9\",\"a\":{\"b\":[1,2,3]}}",
	"{\"broken\":",
	"\xff\xfe",
};

static void run_all(struct bench *bench)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		bench_run(bench, str_from(lines[i]));
}

static void test_no_allocation_when_warm(void **state)
{
	struct bench bench = {0};
	unsigned long before;

	(void)state;
	count_allocations();
	assert_int_equal(source_set_load(getenv("WANGLOU_CONTENT"), bench_report, &bench, &bench.set), 0);
	assert_true(allocations > 0);
	bench.parser = parser_new(bench.set);
	bench.arena = arena_new(0);
	for (int i = 0; i < 20; i++) /* shapes settle their plans only after some records */
		run_all(&bench);
	before = allocations;
	for (int i = 0; i < 100; i++)
		run_all(&bench);
	assert_int_equal(allocations - before, 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_allocation_when_warm)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
