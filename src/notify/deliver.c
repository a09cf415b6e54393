/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/deliver.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/message.h"

#define HEADER_LINE_MAX 256

/* --- the message between core and notify ---------------------------------------------------------------- */

void deliver_encode(const struct outbox_message *message, int64_t created, struct buf *out)
{
	const struct str parts[] = {message->key,       message->channel, message->kind, message->to,
				    message->subject,   message->text,    message->link, message->file_name,
				    message->file_type, message->file};

	message_put_u64(out, (uint64_t)created);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		message_put_str(out, parts[i]);
}

int deliver_decode(struct str payload, struct delivery *ret_delivery)
{
	struct message_reader reader = {.rest = payload};
	struct delivery delivery = {.created = (int64_t)message_get_u64(&reader)};
	struct outbox_message *message = &delivery.message;
	struct str *const parts[] = {&message->key,  &message->channel,   &message->kind,
				     &message->to,   &message->subject,   &message->text,
				     &message->link, &message->file_name, &message->file_type,
				     &message->file};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		*parts[i] = message_get_str(&reader);
	if (!message_complete(&reader))
		return ERR_PROTOCOL;
	if (!outbox_fits(message))
		return ERR_LIMIT;
	*ret_delivery = delivery;
	return 0;
}

/* --- how often ------------------------------------------------------------------------------------------ */

struct usage {
	char name[CHANNEL_NAME_MAX + 1]; /* empty: free */
	int64_t start;                   /* µs */
	unsigned count;
};

struct deliverer {
	pthread_mutex_t lock;
	struct usage usages[CHANNELS_MAX];
};

int deliver_start(struct err *ret_err)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
		       ? 0
		       : err_set(ret_err, ERR_VERSION, 0, 0, "libcurl does not start");
}

struct deliverer *deliverer_new(void)
{
	struct deliverer *deliverer = calloc(1, sizeof(*deliverer));

	must(deliverer);
	pthread_mutex_init(&deliverer->lock, NULL);
	return deliverer;
}

void deliverer_free(struct deliverer *deliverer)
{
	if (!deliverer)
		return;
	pthread_mutex_destroy(&deliverer->lock);
	free(deliverer);
}

/* The channel's entry, a free one, or the one that lay idle longest. */
static struct usage *find_usage(struct deliverer *deliverer, const char *name)
{
	struct usage *oldest = &deliverer->usages[0];

	for (size_t i = 0; i < CHANNELS_MAX; i++) {
		struct usage *usage = &deliverer->usages[i];

		if (strcmp(usage->name, name) == 0)
			return usage;
		if (usage->start < oldest->start)
			oldest = usage;
	}
	*oldest = (struct usage){0};
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	return oldest;
}

/* 0: go on, it is counted; else the seconds until the minute is over. */
static unsigned wait_for(struct deliverer *deliverer, const struct channel *channel, int64_t now)
{
	struct usage *usage;
	unsigned wait = 0;

	if (!channel->per_minute)
		return 0;
	pthread_mutex_lock(&deliverer->lock);
	usage = find_usage(deliverer, channel->name);
	if (now - usage->start >= CLOCK_MINUTE || now < usage->start) {
		usage->start = now;
		usage->count = 0;
	}
	if (usage->count < channel->per_minute)
		usage->count++;
	else
		wait = (unsigned)((usage->start + CLOCK_MINUTE - now) / CLOCK_SECOND + 1);
	pthread_mutex_unlock(&deliverer->lock);
	return wait;
}

/* --- what both ways share ------------------------------------------------------------------------------- */

static void set_outcome(struct outcome *outcome, enum verdict verdict, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void set_outcome(struct outcome *outcome, enum verdict verdict, const char *fmt, ...)
{
	va_list args;

	outcome->verdict = verdict;
	outcome->rest = verdict == VERDICT_REST ? DELIVER_REST : 0;
	va_start(args, fmt);
	vsnprintf(outcome->reason, sizeof(outcome->reason), fmt, args);
	va_end(args);
}

/* Verification of the certificate and of its name is on by default, and stays on. */
static CURL *new_call(const char *url, const char *protocols, const char *ca, char reason[CURL_ERROR_SIZE])
{
	CURL *curl = curl_easy_init();

	must(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* none that an environment names */
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(DELIVER_CONNECT_TIMEOUT / CLOCK_MILLISECOND));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(DELIVER_TIMEOUT / CLOCK_MILLISECOND));
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	if (ca && ca[0])
		curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	return curl;
}

/* --- mail ----------------------------------------------------------------------------------------------- */

static struct str host_of(const char *url)
{
	struct str rest = str_from(url);
	size_t begin = str_find(rest, STR("://")), end;

	rest = begin == STR_NOT_FOUND ? (struct str){0} : str_from_offset(rest, begin + 3);
	if (rest.len && rest.ptr[0] == '[') {
		end = str_find_char(rest, ']');
		return end == STR_NOT_FOUND ? (struct str){0} : str_head(rest, end + 1);
	}
	end = str_find_char(rest, ':');
	return end == STR_NOT_FOUND ? rest : str_head(rest, end);
}

bool mail_server_valid(const char *url)
{
	struct str text = str_from(url), host = host_of(url);

	if (!str_starts(text, STR("smtp://")) && !str_starts(text, STR("smtps://")))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == '@')
			return false;
	return host.len &&
	       str_find_char(str_from_offset(text, str_find(text, STR("://")) + 3), '/') == STR_NOT_FOUND;
}

static bool is_loopback(struct str host)
{
	return str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]")) || str_starts(host, STR("127."));
}

static size_t read_mail(char *out, size_t size, size_t count, void *context)
{
	struct str *rest = context;
	size_t len = rest->len < size * count ? rest->len : size * count;

	if (len)
		memcpy(out, rest->ptr, len);
	*rest = str_from_offset(*rest, len);
	return len;
}

/* A 5xx to the receiver or the text is for good (RFC 5321, 4.2.1). One to our own greeting or password is not
   the message's fault: the operator mends it meanwhile. */
static void judge_mail(CURLcode code, long answer, const char *reason, struct outcome *outcome)
{
	bool ours = code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED ||
		    code == CURLE_COULDNT_CONNECT || code == CURLE_WEIRD_SERVER_REPLY ||
		    code == CURLE_REMOTE_ACCESS_DENIED;
	const char *text = reason[0] ? reason : curl_easy_strerror(code);

	if (code == CURLE_OK)
		outcome->verdict = VERDICT_DELIVERED;
	else if (answer >= 500 && answer <= 599 && !ours)
		set_outcome(outcome, VERDICT_NEVER, "the mail server answered %ld: %.200s", answer, text);
	else if (answer >= 400 && answer <= 599)
		set_outcome(outcome, VERDICT_LATER, "the mail server answered %ld: %.200s", answer, text);
	else
		set_outcome(outcome, VERDICT_LATER, "%.240s", text);
}

static void send_mail(const struct mail_server *server, struct str to, struct str bytes,
		      struct outcome *outcome)
{
	char from[MAIL_ADDRESS_MAX + 3], receiver[MAIL_ADDRESS_MAX + 3], reason[CURL_ERROR_SIZE] = "";
	CURL *curl = new_call(server->url, "smtp,smtps", server->ca, reason);
	struct curl_slist *receivers;
	long answer = 0;
	CURLcode code;

	snprintf(from, sizeof(from), "<%.*s>", STR_FMT(server->from.address));
	snprintf(receiver, sizeof(receiver), "<%.*s>", STR_FMT(to));
	receivers = curl_slist_append(NULL, receiver);
	must(receivers);
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
			 (long)(is_loopback(host_of(server->url)) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	if (server->user[0]) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
	}
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, receivers);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)bytes.len);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_mail);
	curl_easy_setopt(curl, CURLOPT_READDATA, &bytes);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	curl_easy_cleanup(curl);
	curl_slist_free_all(receivers);
	judge_mail(code, answer, reason, outcome);
}

static void deliver_mail(const struct mail_server *server, const struct channel *channel,
			 const struct delivery *delivery, struct outcome *outcome)
{
	const struct outbox_message *message = &delivery->message;
	const struct mail mail = {
		.from = server->from,
		.to = channel->to.len ? channel->to : message->to,
		.key = message->key,
		.subject = message->subject,
		.text = message->text,
		.link = message->link,
		.file_name = message->file_name,
		.file_type = message->file_type,
		.file = message->file,
		.time = delivery->created,
	};
	struct buf bytes = {0};

	if (mail_compose(&mail, &bytes) < 0)
		set_outcome(outcome, VERDICT_NEVER, "'%.*s' is no mail address",
			    (int)(mail.to.len < 100 ? mail.to.len : 100), mail.to.ptr);
	else
		send_mail(server, mail.to, buf_str(&bytes), outcome);
	if (bytes.ptr)
		explicit_bzero(bytes.ptr, bytes.capacity);
	buf_done(&bytes);
}

/* --- robots and webhooks -------------------------------------------------------------------------------- */

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
	struct buf *answer = context;

	if (answer->len + size * count > ROBOT_ANSWER_MAX)
		return 0;
	buf_add(answer, bytes, size * count);
	return size * count;
}

static struct curl_slist *make_headers(const struct robot *robot, const struct robot_message *message,
				       struct str body)
{
	struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
	struct buf lines = {0};
	size_t at = 0;

	must(list);
	list = curl_slist_append(list, "Expect:");
	must(list);
	if (robot->headers)
		robot->headers(message, body, &lines);
	while (at < lines.len) {
		list = curl_slist_append(list, lines.ptr + at);
		must(list);
		at += strlen(lines.ptr + at) + 1;
	}
	buf_done(&lines);
	return list;
}

/* curl's words name the host at most, never the URL, which may hold a key. */
static void post(const struct channel *channel, const char *url, const struct robot_message *message,
		 struct outcome *outcome)
{
	char reason[CURL_ERROR_SIZE] = "";
	CURL *curl = new_call(url, channel->plain ? "http,https" : "https", channel->ca, reason);
	struct buf body = {0}, answer = {0};
	struct curl_slist *headers;
	long status = 0;
	CURLcode code;

	channel->robot->body(channel->robot, message, &body);
	headers = make_headers(channel->robot, message, buf_str(&body));
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.ptr);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK) {
		set_outcome(outcome, VERDICT_LATER, "%.240s", reason[0] ? reason : curl_easy_strerror(code));
	} else {
		outcome->verdict = robot_judge(channel->robot, status, buf_str(&answer), outcome->reason);
		outcome->rest = outcome->verdict == VERDICT_REST ? DELIVER_REST : 0;
	}
	buf_done(&body);
	buf_done(&answer);
}

static void deliver_robot(const struct channel *channel, const struct delivery *delivery, int64_t now,
			  struct outcome *outcome)
{
	const struct outbox_message *source = &delivery->message;
	const struct robot_message message = {
		.key = source->key,
		.kind = source->kind,
		.subject = source->subject,
		.text = source->text,
		.link = source->link,
		.created = delivery->created,
		.now = now,
		.markdown = channel->markdown,
		.secret = channel->secret,
	};
	struct buf url = {0};

	buf_add_str(&url, str_from(channel->url));
	if (channel->robot->query)
		channel->robot->query(&message, &url);
	post(channel, buf_cstr(&url), &message, outcome);
	buf_done(&url);
}

void deliver(struct deliverer *deliverer, const struct mail_server *server, const struct channels *channels,
	     const struct delivery *delivery, int64_t now, struct outcome *ret_outcome)
{
	const struct channel *channel = channels_find(channels, delivery->message.channel);
	unsigned wait;

	*ret_outcome = (struct outcome){0};
	if (!channel) {
		/* It may be named tomorrow: a file with a mistake in it must cost no message. */
		set_outcome(ret_outcome, VERDICT_LATER, "there is no channel '%.*s'",
			    (int)(delivery->message.channel.len < 40 ? delivery->message.channel.len : 40),
			    delivery->message.channel.ptr);
		return;
	}
	wait = wait_for(deliverer, channel, now);
	if (wait) {
		set_outcome(ret_outcome, VERDICT_REST, "more than %u a minute", channel->per_minute);
		ret_outcome->rest = wait;
	} else if (channel->robot) {
		deliver_robot(channel, delivery, now, ret_outcome);
	} else {
		deliver_mail(server, channel, delivery, ret_outcome);
	}
}
