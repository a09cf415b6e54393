/* SPDX-License-Identifier: Apache-2.0 */
/* Two parts with a zero byte between: a user agent, looked up in the file that is shipped; a host name. */
#include "enrich/enrich.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct agents *agents;
	static struct enricher *enricher;
	struct str text = str_of((const char *)data, size), agent;
	struct arena *arena = arena_new(4096);
	struct event event;

	if (!agents) {
		agents_load(USER_AGENTS, &agents, NULL);
		must(agents);
		enricher = enricher_new(&(struct enrich_tables){.agents = agents});
	}
	str_split(&text, 0, &agent);
	event_init(&event, arena);
	event_set_text(&event, FIELD_ID_USER_AGENT_ORIGINAL, agent);
	event_set_text(&event, FIELD_ID_URL_DOMAIN, text);
	enricher_run(enricher, &event);
	arena_free(arena);
	return 0;
}
