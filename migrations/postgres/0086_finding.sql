-- +goose Up
-- What customers are found by besides their names' characters: how a name is
-- said (pinyin from each of its syllables on, and their initials), and any part
-- of a contact. The program cuts both, those of the customers who were here
-- before in the background. The keys only lead to rows, which are asked
-- themselves: no foreign key, so that no second index of the same size is needed.
ALTER TABLE customers ADD COLUMN sounds TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the keys of name_sounds, a blank before each

CREATE TABLE name_sounds (
  sound       TEXT COLLATE "C" NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (sound, customer_id)
);

-- A contact from every second character on, cut to six, with the character that
-- stands ahead of it: whatever four characters are looked for, one of the two
-- places where they can begin is here.
CREATE TABLE contact_parts (
  kind        TEXT COLLATE "C" NOT NULL,
  part        TEXT COLLATE "C" NOT NULL,
  ahead       TEXT COLLATE "C" NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (kind, part, ahead, customer_id)
);

-- The customers up to this number still wait for their keys.
CREATE TABLE unkeyed (
  upto BIGINT NOT NULL
);
INSERT INTO unkeyed (upto) SELECT COALESCE(max(id), 0) FROM customers;
