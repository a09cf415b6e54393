/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "enrich/enrich.h"

/* A file of addresses that anybody may have written: refused, or looked up in safely. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const addresses[] = {"1.2.3.4", "223.5.5.5", "2400:3200::1", "3ffe::1"};
	struct address_file *file = NULL;
	struct arena *arena = arena_new(4096);
	struct enricher *enricher;
	struct event event;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(fd >= 0 && io_write(fd, data, size) == 0);
	if (address_file_open(path, ADDRESS_COUNTRY, &file, NULL) == 0) {
		enricher = enricher_new(&(struct enrich_tables){.countries = file, .networks = file});
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
			event_init(&event, arena);
			event_set_text(&event, FIELD_ID_SOURCE_IP, str_from(addresses[i]));
			enricher_run(enricher, &event);
		}
		enricher_free(enricher);
	}
	address_file_close(file);
	arena_free(arena);
	close(fd);
	return 0;
}
