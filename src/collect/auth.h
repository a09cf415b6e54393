/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_AUTH_H
#define COLLECT_AUTH_H
/*
 * Who may send over HTTP: whoever knows a token. It is presented as
 *
 *   Authorization: Bearer TOKEN
 *   Authorization: Basic base64(ANY-USER:TOKEN)     Elasticsearch clients
 *   Authorization: ApiKey base64(ANY-ID:TOKEN)      Elasticsearch clients
 *   Authorization: Splunk TOKEN                     clients of Splunk's HTTP Event Collector
 *
 * Only digests of the tokens are kept, and a presented one is compared with all
 * of them in a time that does not depend on their content.
 */
#include <stdbool.h>

#include "base/hash.h"
#include "base/str.h"
#include "collect/collect.h"

struct auth {
	uint8_t digests[COLLECT_TOKENS_MAX][SHA256_SIZE];
	size_t count; /* 0: everybody may */
};

/* 0, or ERR_RANGE where there are too many tokens or one is shorter than COLLECT_TOKEN_MIN. */
int auth_init(struct auth *auth, const char *const *tokens, size_t count);

/* header is the Authorization header's value; NULL: absent. */
bool auth_check(const struct auth *auth, const char *header);

/* Whether the header is of one of the forms above, whatever the token. */
bool auth_is_scheme(const char *header);

#endif
