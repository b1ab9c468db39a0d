-- +goose Up
-- Questions and answers. What a question is found by lies in question_grams:
-- the words of its title (title = 1), of its body and of its answers.
CREATE TABLE questions (
  id           BIGINT PRIMARY KEY,
  version      BIGINT NOT NULL DEFAULT 1,
  author_id    BIGINT NOT NULL REFERENCES accounts (id),
  course_id    BIGINT NOT NULL REFERENCES courses (id),
  title        TEXT COLLATE "C" NOT NULL CHECK (title <> ''),
  body         TEXT COLLATE "C" NOT NULL DEFAULT '',
  state        TEXT COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'solved')),
  votes        BIGINT NOT NULL DEFAULT 0 CHECK (votes >= 0),
  answer_count BIGINT NOT NULL DEFAULT 0 CHECK (answer_count >= 0),
  accepted_id  BIGINT,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  CHECK ((state = 'solved') = (accepted_id IS NOT NULL)),
  CHECK ((state = 'open') = (answer_count = 0))
);
CREATE INDEX questions_created ON questions (created_at, id);
CREATE INDEX questions_state ON questions (state, created_at, id);
CREATE INDEX questions_course ON questions (course_id, created_at, id);
CREATE INDEX questions_votes ON questions (votes, id);
CREATE INDEX questions_author ON questions (author_id, created_at, id);

CREATE TABLE answers (
  id          BIGINT PRIMARY KEY,
  version     BIGINT NOT NULL DEFAULT 1,
  question_id BIGINT NOT NULL REFERENCES questions (id),
  author_id   BIGINT NOT NULL REFERENCES accounts (id),
  body        TEXT COLLATE "C" NOT NULL CHECK (body <> ''),
  votes       BIGINT NOT NULL DEFAULT 0 CHECK (votes >= 0),
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
ALTER TABLE questions ADD FOREIGN KEY (accepted_id) REFERENCES answers (id);
CREATE INDEX answers_question ON answers (question_id, id);
CREATE INDEX answers_author ON answers (author_id, created_at, id);
CREATE INDEX answers_created ON answers (created_at, id);

-- One vote per person.
CREATE TABLE question_votes (
  question_id BIGINT NOT NULL REFERENCES questions (id),
  account_id  BIGINT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (question_id, account_id)
);
CREATE TABLE answer_votes (
  answer_id  BIGINT NOT NULL REFERENCES answers (id),
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (answer_id, account_id)
);

CREATE TABLE question_grams (
  gram        TEXT COLLATE "C" NOT NULL,
  question_id BIGINT NOT NULL REFERENCES questions (id),
  title       BIGINT NOT NULL CHECK (title IN (0, 1)),
  PRIMARY KEY (gram, question_id)
);
CREATE INDEX question_grams_question ON question_grams (question_id);
