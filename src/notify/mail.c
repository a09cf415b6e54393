/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/mail.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"

#define WORD_BYTES 45 /* of an encoded word: 12 characters around 60 of base64, 75 at most (RFC 2047, 2) */
#define LINE_BYTES 57 /* of a body line: 76 characters of base64 */
#define PLAIN_MAX 64  /* a longer header goes encoded, which can be folded anywhere */
#define LOCAL_MAX 64  /* RFC 5321, 4.5.3.1.1 */
#define FILE_NAME_MAX 200 /* bytes: three characters each where encoded, and a line holds 998 */

/* --- addresses ------------------------------------------------------------------------------------------ */

static bool is_alnum(char c)
{
	return char_is_digit(c) || (char_lower(c) >= 'a' && char_lower(c) <= 'z');
}

/* Atoms with single dots between (RFC 5322, 3.2.3); others: what an atom holds beside letters and digits. */
static bool is_dotted(struct str text, const char *others)
{
	bool dot = true; /* none may begin, end or stand beside another */

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '.' ? dot : !is_alnum(c) && (!c || !strchr(others, c)))
			return false;
		dot = c == '.';
	}
	return !dot;
}

bool mail_address_valid(struct str address)
{
	size_t at = str_find_char(address, '@');
	struct str local, domain;

	if (at == STR_NOT_FOUND || address.len > MAIL_ADDRESS_MAX || at > LOCAL_MAX)
		return false;
	local = str_head(address, at);
	domain = str_from_offset(address, at + 1);
	return is_dotted(local, "!#$%&'*+-/=?^_`{|}~") && is_dotted(domain, "-") && domain.ptr[0] != '-';
}

int mailbox_parse(struct str text, struct mailbox *ret_mailbox)
{
	size_t open = str_find_char(text, '<');
	struct mailbox mailbox = {.address = str_trim(text)};

	if (open != STR_NOT_FOUND) {
		mailbox.name = str_trim(str_head(text, open));
		mailbox.address = str_trim(str_from_offset(text, open + 1));
		if (!mailbox.address.len || mailbox.address.ptr[mailbox.address.len - 1] != '>')
			return ERR_SYNTAX;
		mailbox.address.len--;
	}
	if (mailbox.name.len >= 2 && mailbox.name.ptr[0] == '"' &&
	    mailbox.name.ptr[mailbox.name.len - 1] == '"')
		mailbox.name = str_of(mailbox.name.ptr + 1, mailbox.name.len - 2);
	if (!mail_address_valid(mailbox.address))
		return ERR_SYNTAX;
	*ret_mailbox = mailbox;
	return 0;
}

/* --- headers -------------------------------------------------------------------------------------------- */

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return text.len <= PLAIN_MAX && str_find(text, STR("=?")) == STR_NOT_FOUND;
}

/* UTF-8 without control characters: those become spaces, what is no UTF-8 a question mark. */
static void clean(struct str text, struct buf *out)
{
	while (text.len) {
		size_t good = str_utf8_len(text);

		for (size_t i = 0; i < good; i++)
			buf_add_char(out, (unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127
						  ? ' '
						  : text.ptr[i]);
		if (good < text.len)
			buf_add_char(out, '?');
		text = str_from_offset(text, good + 1);
	}
}

/* The most bytes up to max that end where a character does. */
static size_t whole_characters(struct str text, size_t max)
{
	size_t len = text.len < max ? text.len : max;

	while (len < text.len && len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return len ? len : text.len < max ? text.len : max;
}

static void add_encoded_words(struct buf *out, struct str text)
{
	struct buf cleaned = {0};
	struct str rest;

	clean(text, &cleaned);
	rest = buf_str(&cleaned);
	for (bool first = true; rest.len; first = false) {
		size_t len = whole_characters(rest, WORD_BYTES);

		buf_add_str(out, first ? STR("=?UTF-8?B?") : STR("\r\n =?UTF-8?B?"));
		buf_add_base64(out, rest.ptr, len);
		buf_add_str(out, STR("?="));
		rest = str_from_offset(rest, len);
	}
	buf_done(&cleaned);
}

static void add_text(struct buf *out, struct str text)
{
	if (is_plain(text))
		buf_add_str(out, text);
	else
		add_encoded_words(out, text);
}

void mail_header(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, "%s: ", name);
	add_text(out, value);
	buf_add_str(out, STR("\r\n"));
}

static void add_date(struct buf *out, int64_t time)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct clock_civil civil;

	clock_to_civil(time, &civil);
	buf_printf(out, "Date: %.3s, %02d %.3s %04" PRId64 " %02d:%02d:%02d +0000\r\n",
		   days + 3 * clock_weekday(time), civil.day, months + 3 * (civil.month - 1), civil.year,
		   civil.hour, civil.minute, civil.second);
}

static void hash_key(struct str key, char out[SHA256_HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256(key.ptr, key.len, digest);
	hex_encode(digest, sizeof(digest), out);
	out[32] = 0;
}

/* Auto-Submitted (RFC 3834): nobody's absence note shall answer. */
static void add_headers(struct buf *out, const struct mail *mail, const char *hash)
{
	struct str address = mail->from.address;

	add_date(out, mail->time);
	buf_add_str(out, STR("From: "));
	if (mail->from.name.len) {
		add_encoded_words(out, mail->from.name);
		buf_add_char(out, ' ');
	}
	buf_printf(out, "<%.*s>\r\nTo: <%.*s>\r\n", STR_FMT(address), STR_FMT(mail->to));
	buf_printf(out, "Message-ID: <%s@%.*s>\r\n", hash,
		   STR_FMT(str_from_offset(address, str_find_char(address, '@') + 1)));
	mail_header(out, "Subject", mail->subject);
	buf_add_str(out, STR("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"));
}

/* --- bodies --------------------------------------------------------------------------------------------- */

static void add_base64_lines(struct buf *out, struct str bytes)
{
	while (bytes.len) {
		size_t len = bytes.len < LINE_BYTES ? bytes.len : LINE_BYTES;

		buf_add_base64(out, bytes.ptr, len);
		buf_add_str(out, STR("\r\n"));
		bytes = str_from_offset(bytes, len);
	}
}

/* Text is canonical with CRLF before it is encoded (RFC 2045, 6.8). */
static void add_lines(struct buf *out, struct str text)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		buf_add_str(out, line);
		buf_add_str(out, STR("\r\n"));
	}
}

static void add_body_text(struct buf *out, const struct mail *mail)
{
	struct buf text = {0};

	buf_add_str(out, STR("Content-Type: text/plain; charset=utf-8\r\n"
			     "Content-Transfer-Encoding: base64\r\n\r\n"));
	add_lines(&text, mail->text);
	if (mail->link.len) {
		buf_add_str(&text, STR("\r\n"));
		add_lines(&text, mail->link);
	}
	add_base64_lines(out, buf_str(&text));
	if (text.ptr) /* the link is a secret */
		explicit_bzero(text.ptr, text.capacity);
	buf_done(&text);
}

static struct str media_type(struct str type)
{
	size_t slashes = 0;

	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];

		slashes += c == '/';
		if (!is_alnum(c) && c != '/' && c != '.' && c != '+' && c != '-')
			slashes = 2;
	}
	return slashes == 1 && type.len <= 100 ? type : STR("application/octet-stream");
}

/* RFC 2231, section 4, and the encoded word that older mail programs look for. */
static void add_file_headers(struct buf *out, const struct mail *mail)
{
	struct buf name = {0};

	clean(str_head(mail->file_name, whole_characters(mail->file_name, FILE_NAME_MAX)), &name);
	buf_printf(out, "Content-Type: %.*s;\r\n name=\"", STR_FMT(media_type(mail->file_type)));
	add_encoded_words(out, buf_str(&name));
	buf_add_str(out, STR("\"\r\nContent-Transfer-Encoding: base64\r\n"
			     "Content-Disposition: attachment;\r\n filename*=UTF-8''"));
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		if (is_alnum((char)c) || (c && strchr(".-_", c)))
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
	buf_add_str(out, STR("\r\n\r\n"));
	buf_done(&name);
}

/* The boundary holds "=_", which no line of base64 begins with. */
int mail_compose(const struct mail *mail, struct buf *out)
{
	char hash[SHA256_HEX_SIZE];

	if (!mail_address_valid(mail->from.address) || !mail_address_valid(mail->to))
		return ERR_SYNTAX;
	hash_key(mail->key, hash);
	add_headers(out, mail, hash);
	if (!mail->file_name.len) {
		add_body_text(out, mail);
		return 0;
	}
	buf_printf(out, "Content-Type: multipart/mixed; boundary=\"=_%s\"\r\n\r\n--=_%s\r\n", hash, hash);
	add_body_text(out, mail);
	buf_printf(out, "--=_%s\r\n", hash);
	add_file_headers(out, mail);
	add_base64_lines(out, mail->file);
	buf_printf(out, "--=_%s--\r\n", hash);
	return 0;
}
