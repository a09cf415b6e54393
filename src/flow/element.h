/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_ELEMENT_H
#define FLOW_ELEMENT_H
/*
 * Information elements: what a number in a template is called and what it holds,
 * after IANA's registry (RFC 7012) and, for private ones, enterprise.def. Any thread.
 */
#include <stddef.h>
#include <stdint.h>

/* Abstract types of RFC 7012 section 3.1, as far as they are written differently. */
#define ELEMENT_TYPE_TABLE(X)                                                          \
	X(UNSIGNED)                                                                    \
	X(SIGNED)                                                                      \
	X(FLOAT)                                                                       \
	X(BOOLEAN)                                                                     \
	X(MAC)                                                                         \
	X(STRING)                                                                      \
	X(SECONDS)                                                                     \
	X(MILLISECONDS)                                                                \
	X(MICROSECONDS)                                                                \
	X(NANOSECONDS)                                                                 \
	X(IPV4)                                                                        \
	X(IPV6)                                                                        \
	X(OCTETS)                                                                      \
	X(APPLICATION) /* applicationId: an engine's byte, then a number (RFC 6759) */ \
	X(BASIC_LIST)  /* RFC 6313 */

enum element_type {
#define X(name) ELEMENT_##name,
	ELEMENT_TYPE_TABLE(X)
#undef X
		ELEMENT_TYPE_COUNT
};

/* Private enterprise numbers, and what stands for one. */
enum {
	ENTERPRISE_IANA = 0,
	ENTERPRISE_REVERSE = 29305, /* IANA's elements of the way back (RFC 5103) */
	ENTERPRISE_NTOP = 35632,
};
#define ENTERPRISE_SCOPE 0xfffffffeu    /* NetFlow 9's scope types */
#define ENTERPRISE_NETFLOW9 0xffffffffu /* NetFlow 9's field types */

#define ELEMENT_KEY_MAX 64 /* bytes of ,"name": */

/* Writes ,"name": and returns its length, at most ELEMENT_KEY_MAX. An unknown one has hex for a type. */
size_t element_key(uint32_t enterprise, uint16_t number, char out[ELEMENT_KEY_MAX],
		   enum element_type *ret_type);

#endif
