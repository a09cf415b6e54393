/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_COMMUNITY_H
#define SENSOR_COMMUNITY_H
/*
 * Community ID, version 1, seed 0: the name of a flow that sensors agree on
 * (github.com/corelight/community-id-spec). "1:" and the base64 of SHA-1 over seed, addresses, protocol, 0,
 * ports; the smaller end first. Pure functions.
 */
#include <stdbool.h>
#include <stdint.h>

#define COMMUNITY_ID_SIZE 31 /* "1:", 28 characters, NUL */

struct community_tuple {
	uint8_t source[16], destination[16];
	bool v4; /* the last four bytes of each count */
	uint8_t protocol;
	uint16_t source_port, destination_port; /* of ICMP: type and code */
};

/* False, and out "", where the hash is not to be had. */
bool community_id(const struct community_tuple *tuple, char out[COMMUNITY_ID_SIZE]);

/* The type of ICMP that answers type; -1 where none does. */
int community_icmp_answer(bool v4, uint8_t type);

#endif
