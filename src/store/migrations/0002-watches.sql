-- What runs left open and what is looked at until somebody releases it, also after run and incident have ended: one row
-- each as long as it is looked at. The journal says what it is.
create table lifeboat.watches (
  watch    text primary key,
  incident text not null references lifeboat.incidents (id)
);
