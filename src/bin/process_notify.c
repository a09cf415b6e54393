/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notify process: brings messages to people, by mail and to robots of group chats. It alone holds the
 * secrets of those channels and may connect out to them; it listens to core on a Unix socket and keeps
 * nothing. What has no secret of a channel is written to DATA/notify/channels.json, for core to read.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "bin/process.h"
#include "bin/outbox_link.h"
#include "ipc/server.h"
#include "notify/deliver.h"

#define FILE_MAX (256u * 1024)
#define PASSWORD_MAX 512
#define LOOK_EVERY (5 * CLOCK_SECOND) /* whether the file of channels has changed */

/* The channels of one reading of the file; the last who uses them frees them. */
struct book {
	struct arena *arena;
	struct channels channels;
	unsigned users;
};

struct notifying {
	struct process *process;
	struct mail_server server;
	struct deliverer *deliverer;
	uid_t core;
	pthread_mutex_t lock; /* guards book and its count */
	struct book *book;
	struct stat seen; /* of the file when it was read last */
};

/* --- the channels --------------------------------------------------------------------------------------- */

static void release(struct notifying *notifying, struct book *book)
{
	unsigned left;

	pthread_mutex_lock(&notifying->lock);
	left = --book->users;
	pthread_mutex_unlock(&notifying->lock);
	if (left == 0)
		arena_free(book->arena);
}

static struct book *use(struct notifying *notifying)
{
	struct book *book;

	pthread_mutex_lock(&notifying->lock);
	book = notifying->book;
	book->users++;
	pthread_mutex_unlock(&notifying->lock);
	return book;
}

static int read_book(const struct notifying *notifying, struct book **ret_book, struct err *ret_err)
{
	const char *file = notifying->process->config.notify_channels;
	struct arena *arena = arena_new(0);
	struct book *book = arena_struct(arena, struct book);
	struct buf text = {0};
	int r = file[0] ? config_read_secret(file, FILE_MAX, &text, ret_err) : 0;

	book->arena = arena;
	book->users = 1;
	if (r == 0)
		r = channels_parse(buf_str(&text), notifying->server.url[0] != 0, arena, &book->channels,
				   ret_err);
	if (r < 0 && file[0])
		err_set_file(ret_err, file);
	if (text.ptr)
		explicit_bzero(text.ptr, text.capacity);
	buf_done(&text);
	if (r < 0)
		arena_free(arena);
	else
		*ret_book = book;
	return r;
}

/* For core, which shows them and spreads messages over them. */
static int describe(const struct notifying *notifying, const struct book *book)
{
	const char *path = config_path(&notifying->process->config, notifying->process->arena, CHANNELS_FILE);
	struct buf text = {0};
	int r;

	channels_describe(&book->channels, &text);
	r = io_replace_file(path, text.ptr, text.len, 0640);
	buf_done(&text);
	return r;
}

static bool has_changed(struct notifying *notifying)
{
	struct stat now = {0}, *seen = &notifying->seen;
	bool same;

	if (stat(notifying->process->config.notify_channels, &now) < 0)
		return false; /* on its way to being replaced */
	same = now.st_ino == seen->st_ino && now.st_size == seen->st_size &&
	       now.st_mtim.tv_sec == seen->st_mtim.tv_sec && now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec;
	*seen = now;
	return !same;
}

/* A file with a mistake in it leaves the channels as they were. */
static void reload(struct notifying *notifying)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct book *book, *old = notifying->book;
	struct err err = {0};
	int r = read_book(notifying, &book, &err);

	if (r < 0) {
		err_format(&err, text, sizeof(text));
		log_warning("the channels stay as they were: %s", text);
		return;
	}
	pthread_mutex_lock(&notifying->lock);
	notifying->book = book;
	pthread_mutex_unlock(&notifying->lock);
	release(notifying, old);
	r = describe(notifying, book);
	if (r < 0)
		log_warning("cannot write %s: %s", CHANNELS_FILE, err_text(r));
	log_info("%zu channels", book->channels.count);
}

/* --- messages ------------------------------------------------------------------------------------------- */

/* From core, and from root's own hand (wanglou notify test). The value of an ACK: seconds that the channel
   rests, 0 where the message is delivered. */
static int receive(void *context, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		   struct err *ret_err)
{
	struct notifying *notifying = context;
	struct delivery delivery;
	struct outcome outcome;
	struct book *book;
	int r;

	if ((user != notifying->core && user != getuid() && user != 0) || type != IPC_DELIVER)
		return ERR_PROTOCOL;
	r = deliver_decode(payload, &delivery);
	if (r == ERR_LIMIT)
		return err_set(ret_err, ERR_REFUSED, 0, 0, "a part of the message is too large");
	if (r < 0)
		return r;
	book = use(notifying);
	deliver(notifying->deliverer, &notifying->server, &book->channels, &delivery, clock_now(), &outcome);
	release(notifying, book);
	*ret_value = outcome.rest;
	if (outcome.verdict == VERDICT_LATER)
		return err_set(ret_err, -EAGAIN, 0, 0, "%s", outcome.reason);
	if (outcome.verdict == VERDICT_NEVER)
		return err_set(ret_err, ERR_REFUSED, 0, 0, "%s", outcome.reason);
	return 0;
}

/* --- running -------------------------------------------------------------------------------------------- */

static int read_mail_server(struct notifying *notifying, struct err *ret_err)
{
	const struct config *config = &notifying->process->config;
	struct mail_server *server = &notifying->server;
	struct buf password = {0};
	int r = 0;

	*server = (struct mail_server){config->mail_server, config->mail_user, "", config->mail_ca, {{0}}};
	if (!server->url[0])
		return 0;
	if (!mail_server_valid(server->url))
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "mail.server is smtp://host:port or smtps://host:port, not '%s'", server->url);
	if (mailbox_parse(str_from(config->mail_from), &server->from) < 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "mail.from is an address, or Name <address>, not '%s'", config->mail_from);
	if (config->mail_password_file[0])
		r = config_read_secret(config->mail_password_file, PASSWORD_MAX, &password, ret_err);
	if (r == 0)
		server->password = arena_copy(notifying->process->arena, str_trim(buf_str(&password))).ptr;
	if (password.ptr)
		explicit_bzero(password.ptr, password.capacity);
	buf_done(&password);
	return r;
}

static void serve(struct notifying *notifying)
{
	process_ready(notifying->process);
	while (!process_wait_stop(LOOK_EVERY))
		if (notifying->process->config.notify_channels[0] && has_changed(notifying))
			reload(notifying);
}

static int run(struct process *process)
{
	struct notifying notifying = {.process = process, .core = sandbox_user("core")};
	struct ipc_server *messages = NULL;
	struct err err = {0};
	int r = read_mail_server(&notifying, &err);

	has_changed(&notifying);
	if (r == 0)
		r = read_book(&notifying, &notifying.book, &err);
	if (r < 0) {
		process_failed(&err);
		return EXIT_USAGE;
	}
	pthread_mutex_init(&notifying.lock, NULL);
	notifying.deliverer = deliverer_new();
	r = deliver_start(&err);
	if (r == 0 && (r = describe(&notifying, notifying.book)) < 0)
		err_set(&err, r, 0, 0, "cannot write %s: %s", CHANNELS_FILE, err_text(r));
	if (r == 0 &&
	    (r = ipc_server_start(process->sockets[SOCKET_NOTIFY], receive, &notifying, &messages)) < 0)
		err_set(&err, r, 0, 0, "the socket of core: %s", err_text(r));
	if (r < 0)
		return process_failed(&err);
	serve(&notifying);
	/* A try may last a minute more; nothing of ours is lost with it: it comes again, with the same key.
	 */
	_exit(EXIT_OK);
}

static bool is_wanted(const struct config *config)
{
	return config->mail_server[0] || config->notify_channels[0];
}

const struct process_def process_notify = {
	.name = "notify",
	.folders = {{"notify", 0750}},
	.sockets = 1u << SOCKET_NOTIFY,
	.calls_out = true,
	.wanted = is_wanted,
	.run = run,
};
