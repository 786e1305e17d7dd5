BEGIN TRANSACTION;
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    prio INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    args TEXT NOT NULL,
    result TEXT,
    error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    created DOUBLE PRECISION NOT NULL,
    run_at DOUBLE PRECISION NOT NULL,
    started DOUBLE PRECISION,
    finished DOUBLE PRECISION,
    worker TEXT,
    lease_until DOUBLE PRECISION,
    token BIGINT NOT NULL DEFAULT 0,
    cancel INTEGER NOT NULL DEFAULT 0,
    after_job BIGINT REFERENCES job (id),
    song_s DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "job" VALUES(1,'separate','separate:aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135:spleeter-rhythm@1',0,'done','chat:1','{"song":"aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135","source":"songs/aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135/source","name":"Tone 110.mp3","model":"spleeter-rhythm","version":"1"}','{"manifest":"songs/aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135/spleeter-rhythm@1/1-1/manifest.json","song_s":1.2,"took_s":6.20840792799936}',NULL,1,3,1.79542547660582351679e+09,1.79542547660582351679e+09,1.7954254841731078625e+09,1.79542549040722846983e+09,'vm:16196:8eb0',NULL,1,0,NULL,1.2,'encode',0,1);
INSERT INTO "job" VALUES(2,'mix','mix:separate:aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135:spleeter-rhythm@1:-drums:mp3:0:f629535a',0,'done','chat:1','{"song":"aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135","wish":"-drums:mp3","limit_bytes":0,"title":"Tone 110","separation":"separate:aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135:spleeter-rhythm@1"}','{"manifest":"songs/aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135/spleeter-rhythm@1/1-1/manifest.json","model":"spleeter-rhythm","song_s":1.2,"title":"Tone 110","artist":"","estimated":true,"files":[{"mix":"drumless","code":"-drums","key":"mixes/d447bdae5a13be43f79554499b66882d/2-1/drumless-320.mp3","size_bytes":51291,"name":"Tone 110 (drumless).mp3","title":"Tone 110 (drumless)","mime":"audio/mpeg","estimated":true}]}',NULL,1,3,1.79542547660582351679e+09,1.79542549040722846983e+09,1.7954254904707350731e+09,1.79542549111756157874e+09,'vm:16196:8eb0',NULL,1,0,1,1.2,'mix',0,0);
INSERT INTO "job" VALUES(3,'separate','separate:01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f:spleeter-rhythm@1',0,'done','chat:1','{"song":"01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f","source":"songs/01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f/source","name":"Tone 220.mp3","model":"spleeter-rhythm","version":"1"}','{"manifest":"songs/01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f/spleeter-rhythm@1/3-1/manifest.json","song_s":1.2,"took_s":2.29971588600165}',NULL,1,3,1.79542549123434400561e+09,1.79542549123434400561e+09,1.7954254912558631897e+09,1.79542549363739228247e+09,'vm:16196:8eb0',NULL,1,0,NULL,1.2,'encode',1,1);
INSERT INTO "job" VALUES(4,'mix','mix:separate:01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f:spleeter-rhythm@1:vocals:ogg:0:818530ce',0,'done','chat:1','{"song":"01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f","wish":"vocals:ogg","limit_bytes":0,"title":"Tone 220","separation":"separate:01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f:spleeter-rhythm@1"}','{"manifest":"songs/01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f/spleeter-rhythm@1/3-1/manifest.json","model":"spleeter-rhythm","song_s":1.2,"title":"Tone 220","artist":"","estimated":false,"files":[{"mix":"vocals","code":"vocals","key":"mixes/9f4f4650a71991e3e8d3ef4cc6333126/4-1/vocals-320.ogg","size_bytes":23506,"name":"Tone 220 (vocals).ogg","title":"Tone 220 (vocals)","mime":"audio/ogg","estimated":false}]}',NULL,1,3,1.79542549123434400561e+09,1.79542549363739228247e+09,1.79542549368768644332e+09,1.79542549418714213367e+09,'vm:16196:8eb0',NULL,1,0,3,1.2,'mix',0,0);
INSERT INTO "job" VALUES(5,'separate','separate:7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50:spleeter-rhythm@1',0,'running','chat:1','{"song":"7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50","source":"songs/7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50/source","name":"Tone 330.mp3","model":"spleeter-rhythm","version":"1"}',NULL,NULL,1,3,1.79542549428255534173e+09,1.79542549428255534173e+09,1.79542549430246710772e+09,NULL,'vm:16196:8eb0',1.79542549730246710779e+09,1,0,NULL,0.0,'',0,0);
INSERT INTO "job" VALUES(6,'mix','mix:separate:7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50:spleeter-rhythm@1:-bass:mp3:0:1f44ed55',0,'waiting','chat:1','{"song":"7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50","wish":"-bass:mp3","limit_bytes":0,"title":"Tone 330","separation":"separate:7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50:spleeter-rhythm@1"}',NULL,NULL,0,3,1.79542549428255534173e+09,1.79542549428255534173e+09,NULL,NULL,NULL,NULL,0,0,5,0.0,'',0,0);
INSERT INTO "job" VALUES(7,'separate','separate:538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2:spleeter-rhythm@1',0,'queued','chat:1','{"song":"538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2","source":"songs/538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2/source","name":"Tone 440.mp3","model":"spleeter-rhythm","version":"1"}',NULL,NULL,0,3,1.7954254955643706321e+09,1.7954254955643706321e+09,NULL,NULL,NULL,NULL,0,0,NULL,0.0,'',0,0);
INSERT INTO "job" VALUES(8,'mix','mix:separate:538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2:spleeter-rhythm@1:-vocals:mp3:0:3b787a7e',0,'waiting','chat:1','{"song":"538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2","wish":"-vocals:mp3","limit_bytes":0,"title":"Tone 440","separation":"separate:538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2:spleeter-rhythm@1"}',NULL,NULL,0,3,1.7954254955643706321e+09,1.7954254955643706321e+09,NULL,NULL,NULL,NULL,0,0,7,0.0,'',0,0);
CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at DOUBLE PRECISION NOT NULL);
INSERT INTO "migration" VALUES(1,'0001_line.sql',1.79542547456551551815e+09);
CREATE TABLE move (
    was TEXT NOT NULL,
    becomes TEXT NOT NULL,
    PRIMARY KEY (was, becomes)
);
INSERT INTO "move" VALUES('queued','cancelled');
INSERT INTO "move" VALUES('queued','running');
INSERT INTO "move" VALUES('running','cancelled');
INSERT INTO "move" VALUES('running','done');
INSERT INTO "move" VALUES('running','failed');
INSERT INTO "move" VALUES('running','queued');
INSERT INTO "move" VALUES('running','refused');
INSERT INTO "move" VALUES('running','running');
INSERT INTO "move" VALUES('waiting','cancelled');
INSERT INTO "move" VALUES('waiting','failed');
INSERT INTO "move" VALUES('waiting','queued');
INSERT INTO "move" VALUES('waiting','refused');
CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    job BIGINT REFERENCES job (id),
    owner TEXT NOT NULL,
    platform TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    song TEXT NOT NULL,
    song_name TEXT NOT NULL,
    wish TEXT NOT NULL,
    language TEXT NOT NULL,
    limit_bytes BIGINT NOT NULL,
    receipt TEXT NOT NULL DEFAULT '',
    created DOUBLE PRECISION NOT NULL,
    send_at DOUBLE PRECISION,
    lease_until DOUBLE PRECISION,
    token BIGINT NOT NULL DEFAULT 0
);
INSERT INTO "orders" VALUES(1,'chat:1','sent',2,'chat:1','chat','here','aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135','Tone 110.mp3','-drums:mp3','en',0,'https://stems.example/m/WyJGVFFnIiwic29uZ3MvYWVlYzA1N2M1NDMwMWQzM2Y5ODUwZTdjOTE5M2ZjY2M5NjBjNjQ3YmMzYjU3MjNiZDk3NDQwOWZjZjA3YjEzNS9zcGxlZXRlci1yaHl0aG1AMS8xLTEvbWFuaWZlc3QuanNvbiIsIlRvbmUgMTEwIiwzMzcyMjI1NDkxXQ.ohbGSWPdtmmQHWcGGRQNlzk52OjVKrZhDdBzSs0fEu0',1.79542547660582351679e+09,1.79542549111756157874e+09,NULL,1);
INSERT INTO "orders" VALUES(2,'chat:2','ready',4,'chat:1','chat','here','01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f','Tone 220.mp3','vocals:ogg','en',0,'',1.79542549123434400561e+09,1.79542549418714213367e+09,NULL,0);
INSERT INTO "orders" VALUES(3,'chat:3','open',6,'chat:1','chat','here','7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50','Tone 330.mp3','-bass:mp3','en',0,'',1.79542549428255534173e+09,1.79542549428255534173e+09,NULL,0);
INSERT INTO "orders" VALUES(4,'chat:4','open',8,'chat:1','chat','here','538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2','Tone 440.mp3','-vocals:mp3','en',0,'',1.7954254955643706321e+09,1.7954254955643706321e+09,NULL,0);
INSERT INTO "orders" VALUES(5,'chat:5','draft',NULL,'chat:1','chat','here','b90b25196959982f58fdd3321aaf22983a660316e98f3041e1f8a6f5f6a4a407','Tone 550.mp3','','en',0,'',1.79542549591595268247e+09,1.79542549591595268247e+09,NULL,0);
CREATE TABLE served (
    owner TEXT PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL
);
INSERT INTO "served" VALUES('chat:1',1.79542549430246710772e+09);
CREATE TABLE worker (
    name TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    speed DOUBLE PRECISION,
    seen DOUBLE PRECISION NOT NULL
);
INSERT INTO "worker" VALUES('vm:16196:8eb0','cpu',2.85057110930411972127e-01,1.7954254937646450997e+09);
CREATE UNIQUE INDEX job_alive ON job (key) WHERE state IN ('waiting', 'queued', 'running');
CREATE INDEX job_in_line ON job (state, kind, owner, prio, run_at, id, created);
CREATE INDEX job_done ON job (key, id) WHERE state = 'done';
CREATE INDEX job_after ON job (after_job) WHERE after_job IS NOT NULL;
CREATE INDEX job_finished ON job (kind, finished) WHERE finished IS NOT NULL;
CREATE INDEX orders_unsent ON orders (platform, state);
CREATE INDEX orders_by_job ON orders (job) WHERE job IS NOT NULL;
CREATE INDEX orders_by_owner ON orders (owner, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('orders',5);
INSERT INTO "sqlite_sequence" VALUES('job',8);
COMMIT;
