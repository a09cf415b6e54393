/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_DNS_H
#define SENSOR_DNS_H
/*
 * Messages of the DNS (RFC 1035, 4), and of mDNS and LLMNR, which share its form. Pure functions. Names are
 * written as master files have them: labels with dots between, '\.' and '\ddd' for what is not printable
 * ASCII or part of UTF-8; without the dot of the root, which is "." by itself.
 */
#include <stdbool.h>

#include "base/buf.h"

#define DNS_PORT 53
#define DNS_NAME_MAX 255        /* octets on the wire */
#define DNS_NAME_TEXT_MAX 1024  /* of the text: four for an octet */
#define DNS_ANSWERS_MAX 16      /* told of one message */
#define DNS_ANSWER_TEXT_MAX 512 /* of one of them */
#define DNS_RESPONSE 0x8000     /* the bit QR of flags */
#define DNS_TYPE_NAME_SIZE 16

struct dns_message {
	uint16_t id, flags;
	uint16_t questions, answers; /* as the header says */
	uint16_t type, class;        /* of the first question; where there is none, of the first answer */
	bool has_name;
	char name[DNS_NAME_TEXT_MAX];
	size_t name_len;
	size_t answers_at; /* offset of the first answer */
};

/* 0, or ERR_PROTOCOL where it is no message. */
int dns_parse(const uint8_t *bytes, size_t len, struct dns_message *ret_message);

/* ,"answer":["…",…] of the answer section as far as it can be read: addresses, names, texts; types that are
 * not known are left out. Nothing where there are none. */
void dns_add_answers(const struct dns_message *message, const uint8_t *bytes, size_t len, struct buf *out);

/* Reads a name at *at, which is moved behind it; writes its text to out (DNS_NAME_TEXT_MAX). False where it
 * is none. */
bool dns_name(const uint8_t *bytes, size_t len, size_t *at, char *out, size_t *ret_len);

/* "A", or "TYPE65280" (RFC 3597). */
const char *dns_type_name(uint16_t type, char out[DNS_TYPE_NAME_SIZE]);
/* "NXDOMAIN", or "RCODE13". */
const char *dns_rcode_name(uint16_t rcode, char out[DNS_TYPE_NAME_SIZE]);

#endif
