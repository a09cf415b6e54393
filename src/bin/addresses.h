/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ADDRESSES_H
#define BIN_ADDRESSES_H
/* The files of the settings enrich.*, opened: what is known of public addresses. Shared by all threads. */
#include "bin/config.h"
#include "enrich/enrich.h"

struct addresses {
	struct address_file *countries, *networks; /* NULL: there is none, or it cannot be used */
};

/* The file of countries that holds: the settings', else the shipped one; "" where there is neither. */
const char *addresses_countries(const struct config *config);

/* Never fails: events do without a country rather than wait for one. What cannot be used and why is in the
   log; tell: and what is used. */
void addresses_open(const struct config *config, bool tell, struct addresses *ret_addresses);
void addresses_close(struct addresses *addresses);

/* One thread's; addresses may be NULL, and so may what is returned, where there is nothing to add. */
struct enricher *addresses_enricher(const struct addresses *addresses);

#endif
