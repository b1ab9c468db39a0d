#!/usr/bin/env python3
"""Makes the postgres twin of sqlite migrations: twin.py FILE..."""
import re,sys,os
def trigger(m):
    body=m.group(1)
    t=re.match(r'CREATE TRIGGER (\w+) (BEFORE|AFTER) (INSERT|DELETE|UPDATE(?: OF [\w, ]+?)?) ON (\w+)\s*(?:WHEN (.*?))?\s*BEGIN\s*SELECT RAISE\(ABORT, \'(\w+)\'\);\s*END;\s*$',body.strip(),re.S)
    assert t,body
    name,when,ev,table,cond,msg=t.groups()
    ret='OLD' if ev=='DELETE' else 'NEW'
    if cond:
        f=f"  IF {cond.strip()} THEN\n    RAISE EXCEPTION '{msg}';\n  END IF;\n  RETURN {ret};\n"
    else:
        f=f"  RAISE EXCEPTION '{msg}';\n"
    return f"""-- +goose StatementBegin
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{f}END $$;
-- +goose StatementEnd
CREATE TRIGGER {name} {when} {ev} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"""
def conv(s):
    s=re.sub(r'-- \+goose StatementBegin\n(CREATE TRIGGER.*?)\n-- \+goose StatementEnd',trigger,s,flags=re.S)
    out=[]
    for line in s.split('\n'):
        code,sep,comment=line.partition('--')
        if 'CREATE INDEX' not in code and 'CREATE UNIQUE INDEX' not in code:
            code=re.sub(r'\bINTEGER\b','BIGINT',code)
            code=re.sub(r'(?<![\w\'])TEXT\b(?! COLLATE)','TEXT COLLATE "C"',code)
            code=re.sub(r'\bBLOB\b','BYTEA',code)
        code=code.replace(') WITHOUT ROWID;',');').replace("login NOT LIKE 'enroll-%'","login NOT ILIKE 'enroll-%'")
        out.append(code+sep+comment)
    s='\n'.join(out)
    # references to tables made further down are added behind them
    made=[(m.group(1),m.start()) for m in re.finditer(r'CREATE TABLE (\w+)',s)]
    pos=dict(made); late=[]
    for name,start in made:
        end=s.index('\n);',start) if '\n);' in s[start:] else len(s)
        block=s[start:end]
        for m in re.finditer(r'^  (\w+)\s.*?( REFERENCES (\w+) \(id\))',block,re.M):
            if m.group(3) in pos and pos[m.group(3)]>start: late.append((name,m.group(1),m.group(3),m.group(2)))
    for name,col,ref,text in late:
        start=s.index('CREATE TABLE '+name+' ')
        i=re.compile(r'^  '+col+r'\s.*?(?='+re.escape(text)+')',re.M).search(s,start).end()
        s=s[:i]+s[i+len(text):]
        j=s.index('\n);',s.index('CREATE TABLE '+ref+' '))+4
        s=s[:j]+f'ALTER TABLE {name} ADD FOREIGN KEY ({col}) REFERENCES {ref} (id);\n'+s[j:]
    return s
for f in sys.argv[1:]:
    o=f.replace('migrations/sqlite','migrations/postgres')
    os.makedirs(os.path.dirname(o),exist_ok=True)
    open(o,'w').write(conv(open(f).read()))
