-- +goose Up
-- Questions and answers. What a question is found by lies in question_grams:
-- the words of its title (title = 1), of its body and of its answers.
CREATE TABLE questions (
  id           INTEGER PRIMARY KEY,
  version      INTEGER NOT NULL DEFAULT 1,
  author_id    INTEGER NOT NULL REFERENCES accounts (id),
  course_id    INTEGER NOT NULL REFERENCES courses (id),
  title        TEXT NOT NULL CHECK (title <> ''),
  body         TEXT NOT NULL DEFAULT '',
  state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'solved')),
  votes        INTEGER NOT NULL DEFAULT 0 CHECK (votes >= 0),
  answer_count INTEGER NOT NULL DEFAULT 0 CHECK (answer_count >= 0),
  accepted_id  INTEGER REFERENCES answers (id),
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  CHECK ((state = 'solved') = (accepted_id IS NOT NULL)),
  CHECK ((state = 'open') = (answer_count = 0))
);
CREATE INDEX questions_created ON questions (created_at, id);
CREATE INDEX questions_state ON questions (state, created_at, id);
CREATE INDEX questions_course ON questions (course_id, created_at, id);
CREATE INDEX questions_votes ON questions (votes, id);
CREATE INDEX questions_author ON questions (author_id, created_at, id);

CREATE TABLE answers (
  id          INTEGER PRIMARY KEY,
  version     INTEGER NOT NULL DEFAULT 1,
  question_id INTEGER NOT NULL REFERENCES questions (id),
  author_id   INTEGER NOT NULL REFERENCES accounts (id),
  body        TEXT NOT NULL CHECK (body <> ''),
  votes       INTEGER NOT NULL DEFAULT 0 CHECK (votes >= 0),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
);
CREATE INDEX answers_question ON answers (question_id, id);
CREATE INDEX answers_author ON answers (author_id, created_at, id);
CREATE INDEX answers_created ON answers (created_at, id);

-- One vote per person.
CREATE TABLE question_votes (
  question_id INTEGER NOT NULL REFERENCES questions (id),
  account_id  INTEGER NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (question_id, account_id)
);
CREATE TABLE answer_votes (
  answer_id  INTEGER NOT NULL REFERENCES answers (id),
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (answer_id, account_id)
);

CREATE TABLE question_grams (
  gram        TEXT NOT NULL,
  question_id INTEGER NOT NULL REFERENCES questions (id),
  title       INTEGER NOT NULL CHECK (title IN (0, 1)),
  PRIMARY KEY (gram, question_id)
) WITHOUT ROWID;
CREATE INDEX question_grams_question ON question_grams (question_id);
