// The documents of the Relay trial; relay-compiler makes the modules in __generated__ from them.

const { graphql } = require("relay-runtime");

graphql`
  query documentsInstanceQuery {
    instance { id name operator reportReasons }
  }
`;

graphql`
  query documentsWhoQuery {
    viewer { role person { id name delegation { slug name } } }
  }
`;

graphql`
  mutation documentsSignInMutation($input: SignInInput!) {
    signIn(input: $input) { token expiresAt viewer { role person { id name } } }
  }
`;

graphql`
  mutation documentsOpenThreadMutation($input: OpenThreadInput!) {
    openThread(input: $input) { thread { id title createdAt cursor } }
  }
`;

graphql`
  mutation documentsReplyMutation($input: ReplyInput!) {
    reply(input: $input) { post { id number body createdAt author { name } viewer { canEdit } } }
  }
`;

graphql`
  mutation documentsLockMutation($input: DecideInput!) {
    decide(input: $input) { decision { id act } }
  }
`;

graphql`
  query documentsThreadQuery($id: ID!, $first: Int!) {
    thread(id: $id) {
      title
      lastNumber
      cursor
      viewer { unread canReply }
      ...documents_posts @arguments(first: $first)
    }
  }
`;

graphql`
  fragment documents_posts on Thread
  @argumentDefinitions(first: { type: "Int", defaultValue: 25 }, after: { type: "String" })
  @refetchable(queryName: "documentsPostsQuery") {
    posts(first: $first, after: $after) @connection(key: "documents_posts") {
      edges { node { id number body createdAt author { name } viewer { canEdit } } }
    }
  }
`;

graphql`
  query documentsPlaceQuery($id: ID!) {
    thread(id: $id) { lastNumber cursor }
  }
`;

graphql`
  query documentsRightsQuery($id: ID!) {
    thread(id: $id) { viewer { follows canReply replyRefusal } }
  }
`;

graphql`
  subscription documentsEventsSubscription($id: ID!, $after: String) {
    threadEvents(threadId: $id, after: $after) {
      __typename
      cursor
      at
      post { id number body createdAt author { name } viewer { canEdit } }
    }
  }
`;
