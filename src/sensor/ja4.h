/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_JA4_H
#define SENSOR_JA4_H
/*
 * JA4, FoxIO's fingerprint of a TLS client (BSD 3-Clause, github.com/FoxIO-LLC/ja4): what the hello says of
 * itself, and twelve digits of SHA-256 each over its sorted cipher suites and its sorted extensions with the
 * signature algorithms. Values of GREASE (RFC 8701) count nowhere. Pure functions.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define JA4_SIZE 37        /* t13d1516h2_8daaf6152771_e5627efa2ab1 and its NUL */
#define JA4_VALUES_MAX 512 /* of each list; a hello with more has no fingerprint */

struct ja4_hello {
	char transport;   /* 't' */
	bool has_name;    /* SNI */
	uint16_t version; /* the highest of supported_versions, else the hello's own */
	struct str alpn;  /* the first that is offered; empty: none */
	uint16_t ciphers[JA4_VALUES_MAX], extensions[JA4_VALUES_MAX], signatures[JA4_VALUES_MAX];
	size_t cipher_count, extension_count, signature_count; /* GREASE may be among them */
};

bool ja4_is_grease(uint16_t value);

/* Sorts the lists of hello. */
void ja4_format(struct ja4_hello *hello, char out[JA4_SIZE]);

#endif
