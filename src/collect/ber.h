/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_BER_H
#define COLLECT_BER_H
/*
 * As much of the Basic Encoding Rules (ITU-T X.690) as SNMP uses (RFC 3417
 * section 8): tags of one byte, definite lengths. Readers give views of the input
 * and copy nothing; writers add to a buffer.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum ber_tag {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_NULL = 0x05,
	BER_OID = 0x06,
	BER_SEQUENCE = 0x30,
};

#define BER_OID_PARTS_MAX 128 /* RFC 2578 section 3.5 */

/* The next value of *rest; false where there is none, or none whole. */
bool ber_next(struct str *rest, uint8_t *ret_tag, struct str *ret_content);
/* The same where it must have this tag. */
bool ber_take(struct str *rest, uint8_t tag, struct str *ret_content);
bool ber_take_integer(struct str *rest, int64_t *ret_value);

/* Two's complement of 1 to 8 bytes; unsigned of as many, with a 0 before them where the first bit is set. */
bool ber_integer(struct str content, int64_t *ret_value);
bool ber_unsigned(struct str content, uint64_t *ret_value);

/* Adds 1.3.6.1…; *ret_last, if not NULL, is where in out the last dot is. False where it is no OID, or not of
   SNMP: parts have 32 bits. */
bool ber_add_oid(struct str content, struct buf *out, size_t *ret_last);

void ber_put(struct buf *out, uint8_t tag, struct str content);
void ber_put_integer(struct buf *out, uint8_t tag, int64_t value);

#endif
