/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SNMP_H
#define COLLECT_SNMP_H
/*
 * SNMP notifications: traps and informs of version 1 (RFC 1157), 2c (RFC 3416) and
 * 3 (RFC 3412, with the user-based security model, RFC 3414, 3826, 7860), read
 * into a line of JSON:
 *
 *   {"snmp":{"version":"v2c","type":"trap","community":"LABEL","requestId":1,
 *            "trapOid":"1.3.6.1.6.3.1.1.5.3","uptime":4711},
 *    "varbinds":[{"1.3.6.1.2.1.2.2.1.1":{"instance":"7","type":"INTEGER","value":7}}]}
 *
 * A variable stands under its name without the last part, its instance, so that
 * content can name it. A version 1 trap gets the trapOid that RFC 3584 section
 * 3.1 gives it. With version 3: "user", "level", "engineId", "context", and
 * "timely":false where it is a repetition, or older than its engine's clock allows.
 * A community is a secret and never written; the label that goes with it is.
 *
 * An inform is to be answered once it is kept: the answer is made with the record.
 * Who sends informs with version 3 asks us for our engine first (RFC 3414 section 4),
 * which the same function answers, without a record.
 *
 * Not net-snmp's library: it keeps users, engines and their clocks in lists of the
 * whole process and reads configuration of its own; here everything has a place and
 * a cap, and the cryptography is OpenSSL's.
 *
 * One thread at a time. Nothing is kept of a message but engines' clocks, and those
 * only of messages that were authentic.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define SNMP_USERS_MAX 64
#define SNMP_COMMUNITIES_MAX 64
#define SNMP_NAME_MAX 32     /* bytes of a user's name, RFC 3414 section 5; of a community and a label here */
#define SNMP_PASSWORD_MIN 8  /* RFC 3414 section 11.2 */
#define SNMP_ENGINE_ID_MIN 5 /* RFC 3411 section 5 */
#define SNMP_ENGINE_ID_MAX 32
#define SNMP_ENGINES_MAX 4096 /* whose clocks are known; beyond, the one heard longest ago is forgotten */

struct snmp;

/* Lines "COMMUNITY [LABEL]", and "NAME AUTH PASSWORD [PRIV PASSWORD]" with AUTH of MD5 SHA SHA224 SHA256
   SHA384 SHA512, or -, and PRIV of DES AES AES192 AES256; '#' begins a comment. Without any community all are
   taken, without any user nobody of version 3. engine names this receiver: the same at each start, another on
   another machine. now is the wall clock, µs. 0, or a code with *ret_err filled. */
struct snmp_options {
	struct str communities, users, engine;
	bool any_community;
	int64_t now;
};
int snmp_new(const struct snmp_options *options, struct snmp **ret_snmp, struct err *ret_err);
void snmp_free(struct snmp *snmp);

/* Our engine's id, which devices may want to be told. */
struct str snmp_engine_id(const struct snmp *snmp);

enum snmp_verdict {
	SNMP_RECORD,    /* *ret_line is a line; *ret_answer, if not empty, is to be sent once that is kept */
	SNMP_ANSWER,    /* *ret_answer is to be sent now, if it is not empty; there is no record */
	SNMP_REFUSED,   /* a community, user or level that is not ours to take; answer as for SNMP_ANSWER */
	SNMP_MALFORMED, /* not SNMP, or no notification */
};

/* now is the wall clock, µs. Both buffers are cleared first. */
enum snmp_verdict snmp_read(struct snmp *snmp, struct str datagram, int64_t now, struct buf *ret_line,
			    struct buf *ret_answer);

#endif
