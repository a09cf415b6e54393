/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/element.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define NTOP_IN_NETFLOW9 57472u /* what ntop adds to its elements' numbers there */
#define NTOP_COUNT 512u

struct element {
	const char *name;
	uint8_t type;
};

struct enterprise_element {
	uint32_t enterprise;
	uint16_t number;
	struct element element;
};

static const struct element iana[] = {
#define ELEMENT(number, name, type) [number] = {#name, ELEMENT_##type},
#include "flow/elements.def"
#undef ELEMENT
};
#define IANA_COUNT (sizeof(iana) / sizeof(iana[0]))

#define NETFLOW9 ENTERPRISE_NETFLOW9
#define SCOPE ENTERPRISE_SCOPE
static const struct enterprise_element private_elements[] = {
#define ENTERPRISE(enterprise, number, name, type) {enterprise, number, {#name, ELEMENT_##type}},
#include "flow/enterprise.def"
#undef ENTERPRISE
};

/* Every key has room, also with the word reverse before it. */
#define FITS(name) _Static_assert(sizeof(#name) - 1 + sizeof(",\"reverse\":") - 1 < ELEMENT_KEY_MAX, #name);
#define ELEMENT(number, name, type) FITS(name)
#include "flow/elements.def"
#define ENTERPRISE(enterprise, number, name, type) FITS(name)
#include "flow/enterprise.def"

static const struct element *find_iana(uint16_t number)
{
	return number < IANA_COUNT && iana[number].name ? &iana[number] : NULL;
}

static const struct element *find_private(uint32_t enterprise, uint16_t number)
{
	for (size_t i = 0; i < sizeof(private_elements) / sizeof(private_elements[0]); i++)
		if (private_elements[i].enterprise == enterprise && private_elements[i].number == number)
			return &private_elements[i].element;
	return NULL;
}

/* IANA keeps its numbers compatible with NetFlow 9's types, so those of its own come first. */
static const struct element *find_netflow9(uint16_t number)
{
	const struct element *element = find_private(ENTERPRISE_NETFLOW9, number);

	if (!element && number >= NTOP_IN_NETFLOW9 && number < NTOP_IN_NETFLOW9 + NTOP_COUNT)
		element = find_private(ENTERPRISE_NTOP, (uint16_t)(number - NTOP_IN_NETFLOW9));
	return element ? element : find_iana(number);
}

static const struct element *find(uint32_t enterprise, uint16_t number)
{
	switch (enterprise) {
	case ENTERPRISE_IANA:
	case ENTERPRISE_REVERSE:
		return find_iana(number);
	case ENTERPRISE_NETFLOW9:
		return find_netflow9(number);
	default:
		return find_private(enterprise, number);
	}
}

size_t element_key(uint32_t enterprise, uint16_t number, char out[ELEMENT_KEY_MAX],
		   enum element_type *ret_type)
{
	const struct element *element = find(enterprise, number);
	int len;

	*ret_type = element ? (enum element_type)element->type : ELEMENT_OCTETS;
	if (element && enterprise == ENTERPRISE_REVERSE) /* RFC 5103 section 6.1: reverseOctetDeltaCount */
		len = snprintf(out, ELEMENT_KEY_MAX, ",\"reverse%c%s\":", element->name[0] & ~0x20,
			       element->name + 1);
	else if (element)
		len = snprintf(out, ELEMENT_KEY_MAX, ",\"%s\":", element->name);
	else if (enterprise == ENTERPRISE_NETFLOW9 || enterprise == ENTERPRISE_SCOPE)
		len = snprintf(out, ELEMENT_KEY_MAX,
			       ",\"%s.%u\":", enterprise == ENTERPRISE_SCOPE ? "scope" : "netflow9", number);
	else
		len = snprintf(out, ELEMENT_KEY_MAX, ",\"enterprise.%u.%u\":", enterprise, number);
	must(len > 0 && len < ELEMENT_KEY_MAX);
	return (size_t)len;
}
