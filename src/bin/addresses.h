/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ADDRESSES_H
#define BIN_ADDRESSES_H
/* The settings enrich.*, opened: what is known beside what events say themselves. Shared by all threads. */
#include "bin/assets_watch.h"
#include "bin/config.h"
#include "enrich/enrich.h"

#define AGENTS_FILE "user_agents.yaml" /* of the content */

struct addresses {
	/* NULL: there is none, or it cannot be used */
	struct address_file *countries, *networks;
	struct inside *inside;
	struct agents *agents;
	struct assets_watch *assets;
};

/* The file of countries that holds: the settings', else the shipped one; "" where there is neither. */
const char *addresses_countries(const struct config *config);

/* Never fails: events do without a country rather than wait for one. What cannot be used and why is in the
   log; tell: and what is used. */
void addresses_open(const struct config *config, bool tell, struct addresses *ret_addresses);
void addresses_close(struct addresses *addresses);

/* One thread's; addresses may be NULL, and so may what is returned, where there is nothing to add. */
struct enricher *addresses_enricher(const struct addresses *addresses);

/* Between two events: takes up the register of assets where it changed since *generation, from 0. */
void addresses_refresh(const struct addresses *addresses, struct enricher *enricher, uint64_t *generation);

#endif
