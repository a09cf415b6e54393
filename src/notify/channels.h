/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFY_CHANNELS_H
#define NOTIFY_CHANNELS_H
/*
 * Where messages can go: mail by the settings, and what the operator's file of channels names. The file holds
 * secrets and is read by the notify process alone; what others may know of it is channels_describe().
 * doc/formats/notify.md describes it.
 */
#include "base/arena.h"
#include "base/err.h"
#include "notify/mail.h"
#include "notify/robot.h"

#define CHANNELS_MAX 32
#define CHANNEL_NAME_MAX 40
#define CHANNEL_KINDS_MAX 16
#define CHANNEL_MAIL "mail"

struct channel {
	const char *name;
	const struct robot *robot; /* NULL: mail */
	const char *url, *ca;      /* of a robot; ca NULL: the system's authorities */
	struct str secret, to;     /* to: of mail; empty: each message names its receiver */
	bool plain;                /* http:// is allowed */
	bool markdown;
	unsigned per_minute; /* 0: no limit */
	size_t kind_count;   /* of messages that name no channel, which of them go here; "all": every one */
	struct str kinds[CHANNEL_KINDS_MAX];
};

struct channels {
	size_t count;
	struct channel items[CHANNELS_MAX];
};

/* From the text of a file; mail: there is a mail server, so that "mail" comes first and others may be of type
   mail. Texts live in arena. 0, or a negative code with *ret_err filled. */
int channels_parse(struct str text, bool mail, struct arena *arena, struct channels *ret_channels,
		   struct err *ret_err);

const struct channel *channels_find(const struct channels *channels, struct str name); /* NULL: none */

/* [{"name":…,"type":…,"kinds":[…]}] without anything secret. */
void channels_describe(const struct channels *channels, struct buf *out);

#endif
