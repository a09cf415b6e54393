/* SPDX-License-Identifier: Apache-2.0 */
/* What a package says about itself: for programs, and for people who have never seen one. */
#include <inttypes.h>

#include "audit/package.h"
#include "base/clock.h"
#include "base/json.h"

static void add_text(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, ",\n  \"%s\": ", name);
	buf_add_json_string(out, str_from(text));
}

static void add_time(struct buf *out, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	add_text(out, name, text);
}

void audit_manifest(const struct audit_package_info *info, const struct audit_package_file *files,
		    size_t count, struct buf *out)
{
	char hex[SHA256_HEX_SIZE];

	hex_encode(info->node, TLOG_NODE_SIZE, hex);
	buf_printf(out,
		   "{\n  \"format\": \"wanglou-evidence\",\n  \"version\": %d,\n  \"origin\": \"wanglou/%s\"",
		   AUDIT_PACKAGE_VERSION, hex);
	add_time(out, "created", info->created);
	add_text(out, "program", info->program);
	add_text(out, "by", info->by);
	add_text(out, "from", info->from);
	add_text(out, "to", info->to);
	add_text(out, "sources", info->sources);
	buf_printf(out,
		   ",\n  \"records\": %" PRIu64 ",\n  \"unproven\": %" PRIu64 ",\n  \"first_seq\": %" PRIu64
		   ",\n  \"last_seq\": %" PRIu64 ",\n  \"heads\": %" PRIu64,
		   info->records, info->unproven, info->first_seq, info->last_seq, info->heads);
	add_time(out, "received_from", info->received_from);
	add_time(out, "received_to", info->received_to);
	buf_add_str(out, STR(",\n  \"files\": ["));
	for (size_t i = 0; i < count; i++) {
		hex_encode(files[i].sha256, SHA256_SIZE, hex);
		buf_printf(out, "%s\n    {\"name\": \"%s\", \"bytes\": %" PRIu64 ", \"sha256\": \"%s\"}",
			   i ? "," : "", files[i].name, files[i].bytes, hex);
	}
	buf_add_str(out, STR("\n  ]\n}\n"));
}

/* -- for people ---------------------------------------------------------------------------------------- */

#define CELL_MAX 2000 /* bytes of a record's content in the table */

static void add_html(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '&')
			buf_add_str(out, STR("&amp;"));
		else if (c == '<')
			buf_add_str(out, STR("&lt;"));
		else if (c == '>')
			buf_add_str(out, STR("&gt;"));
		else if (c == '"')
			buf_add_str(out, STR("&quot;"));
		else
			buf_add_char(out, (unsigned char)c < 0x20 && c != '\n' ? ' ' : c);
	}
}

static void add_fact(struct buf *out, const char *chinese, const char *english, struct str value)
{
	buf_printf(out, "<tr><th>%s<br><small>%s</small></th><td>", chinese, english);
	add_html(out, value);
	buf_add_str(out, STR("</td></tr>\n"));
}

static void add_number(struct buf *out, const char *chinese, const char *english, uint64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRIu64, value);

	add_fact(out, chinese, english, str_of(text, (size_t)len));
}

static void add_span(struct buf *out, const char *chinese, const char *english, int64_t from, int64_t to)
{
	char text[2 * CLOCK_TEXT_SIZE + 16], first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	clock_format(from, first);
	clock_format(to, last);
	snprintf(text, sizeof(text), "%s – %s (UTC)", first, last);
	add_fact(out, chinese, english, str_from(text));
}

static const char page_head[] =
	"<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n"
	"<title>日志证据包 · Log evidence package</title>\n<style>\n"
	"body{font:15px/1.6 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222}\n"
	"th{text-align:left;vertical-align:top;padding:.2em 1.5em .2em "
	"0;white-space:nowrap;font-weight:600}\n"
	"td{vertical-align:top;padding:.2em 1em .2em 0}\nsmall{color:#666;font-weight:400}\n"
	".records td,.records th{border-top:1px solid #ddd;font-size:13px}\n"
	".records td:last-child{white-space:pre-wrap;word-break:break-all;font-family:monospace}\n"
	"code,pre{background:#f3f3f3;padding:.1em .3em}\n</style></head><body>\n"
	"<h1>日志证据包<br><small>Log evidence package</small></h1>\n"
	"<p>"
	"本文件包收录了日志审计系统“望楼”在收到当时即写入的原始日志记录，并附有数学证明：其中每一条记录自系统"
	"签名之时起"
	"未被更改、增添或抽换。</p>\n"
	"<p>This package holds log records as the log audit system Wanglou received and stored them, "
	"together with "
	"mathematical proof that none of them was changed, added or replaced after the system signed its "
	"state.</p>\n";

static const char page_check[] =
	"<h2>如何核验<br><small>How to check it</small></h2>\n"
	"<p>本页面只作说明，本身不构成证明。请在任意一台装有望楼程序的计算机上运行下列命令，无需连接原系统：<"
	"br>"
	"This page explains; by itself it proves nothing. On any computer with the program, without the "
	"system the "
	"records came from, run:</p>\n<pre>wanglou audit verify PACKAGE.tar.zst</pre>\n"
	"<p>"
	"如另存有签名树头或公钥（例如由第三方保管），请一并提供；这一步可排除连同签名密钥一起被控制的情形：<"
	"br>"
	"Where signed heads or the public key were kept elsewhere, for example by a third party, give them, "
	"too: "
	"that rules out that somebody who held the signing key made all of this:</p>\n"
	"<pre>wanglou audit verify PACKAGE.tar.zst --heads HEADS.txt --key KEY.pem</pre>\n"
	"<p>证明所用的方法是公开标准（RFC 9162 默克尔树，SHA-256；Ed25519 或 SM2 签名），格式说明见 "
	"doc/formats/evidence.md，任何人都可以自行编写核验程序。<br>The methods are public standards (the "
	"Merkle "
	"tree of RFC 9162 with SHA-256; signatures by Ed25519 or SM2); doc/formats/evidence.md describes the "
	"files "
	"so that anybody can write a verifier of their own.</p>\n"
	"<h2>文件<br><small>Files</small></h2>\n<table>\n"
	"<tr><th>records.ndjson</th><td>全部记录，每行一条 · all records, one a line</td></tr>\n"
	"<tr><th>proofs.ndjson</th><td>把记录与签名联系起来的哈希值 · the hashes that tie them to the "
	"signatures</td></tr>\n"
	"<tr><th>heads.txt</th><td>签名树头 · signed heads</td></tr>\n"
	"<tr><th>key-….pem</th><td>公钥 · public keys</td></tr>\n"
	"<tr><th>manifest.json</th><td>清单与各文件的 SHA-256 · the list of files and their "
	"SHA-256</td></tr>\n"
	"</table>\n";

static void add_row(struct buf *out, const struct json_node *record)
{
	static const char *const columns[] = {"seq", "received", "peer", "listener", "hint"};
	const struct json_node *content = json_get(record, STR("content"));
	struct str text = content ? str_of(content->text, content->len) : STR("(base64)");

	buf_add_str(out, STR("<tr>"));
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const struct json_node *cell = json_get(record, str_from(columns[i]));

		buf_add_str(out, STR("<td>"));
		add_html(out, cell ? str_of(cell->text, cell->len) : STR(""));
		buf_add_str(out, STR("</td>"));
	}
	buf_add_str(out, STR("<td>"));
	add_html(out, str_head(text, str_utf8_len(str_head(text, CELL_MAX))));
	buf_add_str(out, text.len > CELL_MAX ? STR(" …</td></tr>\n") : STR("</td></tr>\n"));
}

static void add_records(struct buf *out, struct str preview, uint64_t records)
{
	struct json_parser *parser = json_parser_new();
	const struct json_node *record;
	struct str line;
	uint64_t shown = 0;

	buf_add_str(out,
		    STR("<h2>记录<br><small>Records</small></h2>\n<table class=\"records\"><tr><th>seq</th>"
			"<th>收到 Received (UTC)</th><th>来源 Peer</th><th>通道 Way</th><th>提示 Hint</th>"
			"<th>内容 Content</th></tr>\n"));
	while (str_split(&preview, '\n', &line))
		if (json_parse(parser, line, &record, NULL) == 0) {
			add_row(out, record);
			shown++;
		}
	buf_add_str(out, STR("</table>\n"));
	if (shown < records)
		buf_printf(out,
			   "<p>以上为前 %" PRIu64 " 条，其余 %" PRIu64
			   " 条见 records.ndjson。 The first %" PRIu64 "; the other %" PRIu64
			   " are in records.ndjson.</p>\n",
			   shown, records - shown, shown, records - shown);
	json_parser_free(parser);
}

void audit_index(const struct audit_package_info *info, struct str preview, struct buf *out)
{
	char node[2 * TLOG_NODE_SIZE + 1], created[CLOCK_TEXT_SIZE];

	hex_encode(info->node, TLOG_NODE_SIZE, node);
	clock_format(info->created, created);
	buf_add_str(out, STR(page_head));
	buf_add_str(out, STR("<table>\n"));
	add_number(out, "记录数", "Records", info->records);
	add_span(out, "收到时间", "Received", info->received_from, info->received_to);
	add_fact(out, "请求的范围", "Asked for, from", str_from(*info->from ? info->from : "–"));
	add_fact(out, "至", "to", str_from(*info->to ? info->to : "–"));
	add_fact(out, "来源", "Sources", str_from(*info->sources ? info->sources : "全部 · all"));
	add_number(out, "首条序号", "First sequence number", info->first_seq);
	add_number(out, "末条序号", "Last sequence number", info->last_seq);
	if (info->heads)
		add_span(out, "签名时间", "Signed", info->first_head, info->last_head);
	add_number(out, "签名树头数", "Signed heads", info->heads);
	if (info->unproven)
		add_number(out, "尚无证明的记录", "Records without a proof yet", info->unproven);
	add_fact(out, "系统标识", "System", str_from(node));
	add_fact(out, "导出人", "Exported by", str_from(info->by));
	add_fact(out, "导出时间", "Exported at (UTC)", str_from(created));
	add_fact(out, "程序", "Program", str_from(info->program));
	buf_add_str(out, STR("</table>\n"));
	buf_add_str(out, STR(page_check));
	add_records(out, preview, info->records);
	buf_add_str(out, STR("</body></html>\n"));
}
