package app

import (
	"encoding/json"
	"strings"
)

// held says whose the texts of a table are. Every text column of every table stands in one of the lists: a test reads
// the tables and fails where one has come that nobody has decided upon.
type held struct {
	goes  string // a person's: an erasure takes it away or puts the pseudonym there
	stays string // a person's, or may hold what people said of him, and stays
	why   string // it stays
	none  string // nobody's: words of the program, of the school, hashes and states
}

// whatStays is what an erasure would do with the texts of each table, and why some stay, as JSON.
func whatStays() string {
	type fate struct {
		Goes  []string `json:"erased,omitempty"`
		Stays []string `json:"stays,omitempty"`
		Why   string   `json:"why,omitempty"`
	}
	out := map[string]fate{}
	for table, h := range texts {
		if h.goes+h.stays != "" {
			out[table] = fate{strings.Fields(h.goes), strings.Fields(h.stays), h.why}
		}
	}
	text, _ := json.MarshalIndent(out, "", "  ") // of texts only: it cannot fail
	return string(text)
}

var texts = map[string]held{
	"account_grants": {goes: "reason", none: "resource action row_rule field_rules"},
	"account_keys":   {goes: "fingerprint public_key comment"},
	"account_totp":   {goes: "secret"},
	"account_wishes": {goes: "qq"},
	"accounts":       {goes: "login name email phone password_hash disabled_reason", none: "lang"},
	"activations":    {goes: "token_hash"},
	"age_keys":       {none: "id recipient"},
	"answers":        {stays: "body", why: whyShared},
	"audit": {goes: "login addr changes salt who_salt", stays: "digest who hash", why: "salted digests, whose salt goes, and the chain over them",
		none: "face action resource"},
	"campaigns":          {none: "name starts_on ends_on"},
	"campuses":           {none: "name address"},
	"classes":            {none: "code kind starts_on ends_on room"},
	"contact_parts":      {goes: "kind part ahead"},
	"contract_templates": {none: "name body"},
	"courses":            {none: "code name outline"},
	"customer_merges":    {goes: "lost_name contents"},
	"customer_tags":      {goes: "tag"},
	"customers": {goes: "name name_key sounds sex qq wechat phone email id_number emergency said memo next_follow_up_on next_follow_up_time",
		none: "status intention"},
	"daily_acts":      {none: "day act"},
	"departments":     {none: "name"},
	"documents":       {goes: "name stored remark", stays: "sha256", why: "tells whether a copy is the document that was approved", none: "type removed_why"},
	"enrollments":     {goes: "name sex id_kind id_number phone email emergency reason", stays: "contract contract_sha256", why: whyContract, none: "state token_hash lang"},
	"exports":         {stays: "name stored rights", why: "files for a colleague to fetch; they are gone after a day", none: "resource"},
	"failures":        {stays: "who login address", why: "counts failed log-ins of the moment, and forgets them after a while", none: "sort"},
	"feedback_files":  {goes: "name stored", stays: "sha256", why: whyMarks},
	"follow_ups":      {goes: "note next_on next_time", none: "channel intention"},
	"handover_items":  {none: "resource"},
	"handovers":       {goes: "query reason"},
	"homework":        {stays: "receipt sha256", why: whyMarks},
	"homework_files":  {goes: "name stored", stays: "sha256", why: whyMarks},
	"homework_prints": {goes: "prints"},
	"import_batches": {stays: "name stored report mapping", why: "the file that was imported, the first values of its columns (sealed) and its report, for the undo; they are gone after 90 days",
		none: "resource mode match_by format encoding delimiter sheet state"},
	"import_rows":    {goes: "title changes why", none: "outcome"},
	"instalments":    {none: "due_on"},
	"lessons":        {none: "held_on title content homework"},
	"list_prefs":     {goes: "resource columns"},
	"mails":          {goes: "to_addr subject body last_error sealed", none: "dedup template lang message_id state resource"},
	"messages":       {goes: "target body last_error", none: "dedup channel kind message_key state"},
	"mornings":       {none: "day"},
	"name_grams":     {goes: "gram"},
	"name_sounds":    {goes: "sound"},
	"notifications":  {goes: "kind args link dedup"},
	"notify_choices": {goes: "kind channel"},
	"open_sessions":  {stays: "login address terminal end_by", why: "open sessions of the moment: an erased account's end at once", none: "process session method kind"},
	"processes":      {none: "mark name"},
	"ownerships":     {goes: "note", none: "reason"},
	"payments":       {stays: "kind method receipt note", why: "vouchers: tax and accounting law want them kept, and nothing of them changed"},
	"permissions":    {none: "resource action row_rule field_rules"},
	"phrases":        {goes: "body"},
	"question_grams": {stays: "gram", why: whyShared},
	"questions":      {stays: "title body", why: whyShared, none: "state"},
	"recovery_codes": {goes: "hash"},
	"roles":          {none: "name title menu"},
	"saved_lists":    {goes: "resource name query columns role"},
	"settings":       {none: "key value"},
	"sources":        {none: "code name"},
	"spent_ids":      {none: "name"},
	"study_records":  {goes: "note comment", stays: "attendance score", why: whyMarks},
	"survey_tallies": {none: "question"},
	"survey_words":   {stays: "place body", why: "anonymous: nobody can tell whose words they are, so nobody can take them out"},
	"surveys":        {none: "state opened_on closes_on closed_on"},
	"trash":          {goes: "resource title parts contents login"},
}

const (
	whyShared   = "written for all who study here, under the pseudonym from now on; single ones can be deleted"
	whyContract = "the signed contract, with the pseudonym in place of the person where contracts are sealed, and the hash of what was signed"
	whyMarks    = "the record of study: marks and the proof of what was handed in when, under the pseudonym"
)
