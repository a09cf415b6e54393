/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H
/*
 * A message as mail: RFC 5322 headers and a MIME body (RFC 2045), text in UTF-8, an attachment where there is
 * one. Pure: bytes in, bytes out. Whatever a text holds, it cannot begin a header, a part or a line of its
 * own: what is not plain ASCII travels as base64 (RFC 2047 in headers, RFC 2231 for names of files).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define MAIL_ADDRESS_MAX 254 /* RFC 5321, 4.5.3.1.3 */

struct mailbox {
	struct str name, address; /* the name may be empty */
};

/* local@domain of ASCII, no quotes, no comments, no address literals. */
bool mail_address_valid(struct str address);

/* "网络信息中心 <security@example.edu.cn>" or an address alone. Views of text. 0 or ERR_SYNTAX. */
int mailbox_parse(struct str text, struct mailbox *ret_mailbox);

struct mail {
	struct mailbox from;
	struct str to;  /* an address */
	struct str key; /* of the outbox: the Message-ID comes from it, so that a repeat has the same */
	struct str subject, text, link;
	struct str file_name, file_type, file; /* no file where the name is empty */
	int64_t time;                          /* µs */
};

/* The whole message with CRLF line ends. 0, or ERR_SYNTAX where from or to is no address. */
int mail_compose(const struct mail *mail, struct buf *out);

/* A header field and its line end; value is UTF-8 of any content. */
void mail_header(struct buf *out, const char *name, struct str value);

#endif
